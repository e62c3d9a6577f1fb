import { describe, expect, it } from 'vitest';
import type { Audited } from './audited.ts';
import { type Evidence, NO_EVIDENCE, type SeenListener } from './evidence.ts';
import { evidenceFindings } from './evidence-findings.ts';

function audited(name: string, evidence: Partial<Evidence>): Audited {
  const document = { file: '', line: 0, text: '' };
  const manifest = { file: '', line: 0, document, path: [], wire: { apiVersion: '', kind: '' } };
  const value = { kind: 'Deployment', namespace: 'shop', name };
  return {
    found: { value, manifest, hasNamespace: true },
    evidence: { ...NO_EVIDENCE, ...evidence },
  } as unknown as Audited;
}

function listener(fields: Partial<SeenListener> = {}): SeenListener {
  return {
    address: '::',
    port: 9090,
    container: 'app',
    process: 'java',
    image: 'base:1',
    declared: false,
    ...fields,
  };
}

/** `ID message` of each workload. */
function told(...all: Audited[]): string[][] {
  const found = evidenceFindings(all);
  return all.map((each) => (found.get(each) ?? []).map(({ id, message }) => `${id} ${message}`));
}

describe('what evidence adds', () => {
  it('nothing where nothing was seen, or all is as declared', () => {
    const asDeclared = audited('web', {
      reachable: [{ port: 8080, declared: true, expected: 'Allowed' }],
      listening: [listener({ port: 8080, declared: true })],
      connected: [{ port: 8080, peer: 'shop/client', declared: true }],
    });
    expect(told(audited('none', {}), asDeclared)).toEqual([[], []]);
  });

  it('ports that are reachable and not declared, and those that a policy should have closed', () => {
    const reachable = [
      { port: 5000, declared: false, expected: 'Unknown' as const },
      { port: 8080, declared: true, expected: 'Denied' as const },
      { port: 9090, declared: false, expected: 'Denied' as const },
    ];
    expect(told(audited('web', { reachable }))).toEqual([
      [
        'PL019 5000/TCP, 9090/TCP is reachable and not declared',
        'PL020 A connection to 8080/TCP, 9090/TCP was made that no policy allows',
      ],
    ]);
  });

  it('a listener of one image in several workloads once, and none on loopback', () => {
    const [web, api, other] = told(
      audited('web', { listening: [listener(), listener({ port: 1, address: '127.0.0.1' })] }),
      audited('api', { listening: [listener()] }),
      audited('other', { listening: [listener({ image: 'base:2' })] }),
    );
    expect(web).toEqual([
      'PL021 java in the container app of base:1 listens on 9090/TCP, which is not declared; the same in shop/api',
    ]);
    expect(api).toEqual([]);
    expect(other).toEqual([expect.stringMatching(/^PL021 java .* of base:2 /)]);
  });

  it('who is connected to an undeclared port, each once', () => {
    const peers = ['shop/b', 'shop/a', 'shop/b'];
    const connected = peers.map((peer) => ({ port: 9090, peer, declared: false }));
    expect(told(audited('web', { connected }))).toEqual([
      ['PL022 Connected now to 9090/TCP, which is not declared: shop/a, shop/b'],
    ]);
  });
});
