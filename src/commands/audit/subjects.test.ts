import { describe, expect, test } from 'vitest';
import { auditedWith } from '../../testing/audited-workload.ts';
import { pod, port, workload } from '../../testing/builders.ts';
import { isDeclared, subjectsOf } from './subjects.ts';

const chosen = (...pods: Parameters<typeof pod>[0][]) =>
  subjectsOf([auditedWith({ pods: pods.map(pod) })]).map(({ pod: { name } }) => name);

describe('one pod of each template is looked at', () => {
  test.each<[string, Parameters<typeof pod>[0][], string[]]>([
    ['the first by name', [{ name: 'b' }, { name: 'a' }, { name: 'c' }], ['a']],
    ['each of several templates', [{ name: 'b' }, { name: 'a', templateHash: 'new' }], ['a', 'b']],
    ['none that is not ready', [{ name: 'a', ready: false }, { name: 'b' }], ['b']],
    ['none that has ended', [{ name: 'a', live: false }, { name: 'b' }], ['b']],
    ['none without an address', [{ name: 'a', ips: [] }, { name: 'b' }], ['b']],
    ['none where there is none', [], []],
  ])('%s', (_which, pods, expected) => {
    expect(chosen(...pods)).toEqual(expected);
  });

  test('of each workload', () => {
    const [web, db] = [
      auditedWith({ pods: [pod()] }),
      auditedWith({ pods: [pod({ name: 'db-0' })] }),
    ];
    expect(subjectsOf([web, db]).map(({ audited }) => audited)).toEqual([web, db]);
  });
});

describe('a port is declared', () => {
  const web = workload({
    annotations: { 'portlock.dev/extra-ports': '9000-9010/TCP,7000/TCP' },
    template: { ...workload().template, ports: [port(8080), port(53, 'UDP')] },
  });
  test.each([
    [8080, true],
    [7000, true],
    [8999, false],
    [9000, true],
    [9010, true],
    [9011, false],
    [53, false],
  ])('%i over TCP: %s', (number, expected) => {
    expect(isDeclared(auditedWith({ workload: web }), number)).toBe(expected);
  });

  test('not by a range of another protocol', () => {
    const annotations = { 'portlock.dev/extra-ports': '9000-9010/UDP' };
    expect(isDeclared(auditedWith({ workload: workload({ annotations }) }), 9005)).toBe(false);
  });
});
