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

  it.each<[string, Partial<SeenListener>, string]>([
    ['by what process', {}, 'java in the container app of base:1'],
    [
      'without a process that is known',
      { process: '' },
      'Something in the container app of base:1',
    ],
    ['without an image that is known', { image: '' }, 'java in the container app'],
    ['without a container that is known', { container: '' }, 'java of base:1'],
  ])('where it listens, %s', (_how, fields, who) => {
    const said = `PL021 ${who} listens on 9090/TCP, which is not declared`;
    expect(told(audited('web', { listening: [listener(fields)] }))).toEqual([[said]]);
  });

  it.each<[string, Partial<SeenListener>, number]>([
    ['the same image, port and process', {}, 0],
    ['another port', { port: 9091 }, 1],
    ['another process', { process: 'node' }, 1],
    ['another container of the same image', { container: 'other' }, 0],
    ['no image that is known, and the same container', { image: '' }, 1],
  ])('a listener of a second workload with %s', (_what, fields, findings) => {
    const [, second] = told(
      audited('web', { listening: [listener()] }),
      audited('api', { listening: [listener(fields)] }),
    );
    expect(second).toHaveLength(findings);
  });

  it('a listener on several addresses of one pod once', () => {
    const listening = [listener(), listener({ address: '0.0.0.0' })];
    expect(told(audited('web', { listening }))[0]).toHaveLength(1);
  });

  it('ten of a kind, and how many more there are', () => {
    const named = (count: number) => {
      const all = Array.from({ length: count }, (_, index) => `shop/w${index}`);
      return told(
        ...all.map((name) => audited(name.slice(5), { listening: [listener()] })),
      )[0]?.[0];
    };
    expect(named(11)).toMatch(/; the same in shop\/w1, .*, shop\/w10$/);
    expect(named(12)).toMatch(/; the same in shop\/w1, .*, shop\/w10 and 1 more$/);
  });

  it('each port of those who are connected, and those that are declared not', () => {
    const connected = [
      { port: 9090, peer: 'shop/a', declared: false },
      { port: 7000, peer: 'shop/b', declared: false },
      { port: 8080, peer: 'shop/c', declared: true },
    ];
    expect(told(audited('web', { connected }))).toEqual([
      [
        'PL022 Connected now to 9090/TCP, which is not declared: shop/a',
        'PL022 Connected now to 7000/TCP, which is not declared: shop/b',
      ],
    ]);
  });
});
