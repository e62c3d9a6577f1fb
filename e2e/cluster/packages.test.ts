import { describe, expect, it } from 'vitest';

import { findClang, missingPackages } from './packages.ts';

describe('the missing packages', () => {
  it('are none where everything is provided', () => {
    expect(missingPackages('cilium', () => true)).toEqual([]);
  });

  it('are those whose command or file is not there, in order', () => {
    const isThere = (provided: string) => !['runc', 'buildah'].includes(provided);
    expect(missingPackages('ptp', isThere)).toEqual(['buildah', 'runc']);
  });

  it('have nothing of Cilium where there is no Cilium', () => {
    const onlyCilium = missingPackages('cilium', () => false).filter(
      (name) => !missingPackages('ptp', () => false).includes(name),
    );
    expect(onlyCilium).toContain('bpftool');
    expect(missingPackages('ptp', () => false)).toContain('containerd');
  });
});

describe('clang', () => {
  const has = (version: number) => (path: string) => path === `/usr/lib/llvm-${version}/bin/clang`;

  it('is the best version that is there', () => {
    expect(findClang(() => true)).toBe('/usr/lib/llvm-16/bin');
    expect(findClang(has(15))).toBe('/usr/lib/llvm-15/bin');
    expect(findClang(has(11))).toBeUndefined();
  });

  it('is missing where there is no version of it', () => {
    const none = (path: string) => !path.includes('clang');
    expect(missingPackages('cilium', none)).toEqual([expect.stringMatching(/^clang-16\|clang-/)]);
    expect(missingPackages('cilium', (path) => none(path) || has(17)(path))).toEqual([]);
  });
});
