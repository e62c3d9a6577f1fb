import { describe, expect, it } from 'vitest';

import { isProvided, missingPackages } from './packages.ts';

describe('the missing packages', () => {
  it('are none where everything is provided', () => {
    expect(missingPackages('cilium', () => true)).toEqual([]);
  });

  it('are those whose command or file is not there, in order', () => {
    const isThere = (provided: string) => !['runc', 'clang', 'buildah'].includes(provided);
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

describe('what is provided', () => {
  it('is a command in PATH or a file', () => {
    expect(isProvided('sh')).toBe(true);
    expect(isProvided('/bin/sh')).toBe(true);
    expect(isProvided('no-such-command')).toBe(false);
    expect(isProvided('/no/such/file')).toBe(false);
  });
});
