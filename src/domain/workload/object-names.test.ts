import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { runs } from '../../testing/property-runs.ts';
import { ownersByPolicyName, policyName, reportName } from './object-names.ts';

const KINDS = [
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'ReplicaSet',
  'Job',
  'CronJob',
  'Rollout',
] as const;

test('a Deployment’s report has its name, and its policy a suffix', () => {
  const web = { kind: 'Deployment', name: 'web' };
  expect(reportName(web)).toBe('web');
  expect(policyName(web)).toBe('web-portlock');
});

test('workloads of different kinds may share a name', () => {
  const kinds = ['Deployment', 'StatefulSet', 'DaemonSet'];
  const named = kinds.map((kind) => ({ kind, name: 'web' }));
  expect(named.map(reportName)).toEqual(['web', 'web-statefulset', 'web-daemonset']);
  expect(named.map(policyName)).toEqual([
    'web-portlock',
    'web-statefulset-portlock',
    'web-daemonset-portlock',
  ]);
});

// Names of objects that exist: another name would leave the old ones behind.
test.each([
  ['Deployment', 'statefulset'],
  ['Deployment', 'my-jobs'],
  ['Deployment', 'web-portlock'],
  ['Deployment', 'web-statefulset-portlock'],
  ['Deployment', 'web-d9588dd67'],
  ['Deployment', `web-${'0'.repeat(32)}`],
  ['Deployment', `web-${'0'.repeat(40)}`],
  ['StatefulSet', 'web-daemonset'],
  ['StatefulSet', 'web-statefulset'],
])('a %s keeps the plain names where nothing can meet them: %s', (kind, name) => {
  const suffix = kind === 'Deployment' ? '' : '-statefulset';
  expect(reportName({ kind, name })).toBe(name + suffix);
  expect(policyName({ kind, name })).toBe(`${name}${suffix}-portlock`);
});

test.each(['statefulset', 'daemonset', 'replicaset', 'job', 'cronjob', 'rollout'])(
  'a Deployment that is called like a report on a %s gets a hash',
  (kind) => {
    const name = `web-${kind}`;
    expect(reportName({ kind: 'Deployment', name })).toMatch(new RegExp(`^${name}-[0-9a-f]{36}$`));
    expect(policyName({ kind: 'Deployment', name })).toBe(
      `${reportName({ kind: 'Deployment', name })}-portlock`,
    );
  },
);

describe.each([
  ['policies', policyName, 'Deployment'],
  ['reports', reportName, 'StatefulSet'],
] as const)('names of %s', (_what, nameOf, kind) => {
  test('case 46: are cut and hashed where they would be too long, and stay apart', () => {
    const names = ['a', 'b'].map((last) => nameOf({ kind, name: 'x'.repeat(252) + last }));
    expect(new Set(names).size).toBe(2);
    expect(names.map((name) => name.length)).toEqual([253, 253]);
    const cutAtDash = nameOf({
      kind,
      name: `${'x'.repeat(190)}${'-'.repeat(40)}${'y'.repeat(23)}`,
    });
    expect(cutAtDash).not.toMatch(/--/);
  });
});

test.each<[string, string[]]>([
  ['web-portlock', ['Deployment/web']],
  ['web-statefulset-portlock', ['StatefulSet/web']],
  ['portlock', []],
  ['-portlock', []],
  ['web', []],
])('the policy %s may be that of %j', (name, owners) => {
  const found = ownersByPolicyName(name, ['Deployment', 'StatefulSet', 'DaemonSet']);
  expect(found.map((each) => `${each.kind}/${each.name}`)).toEqual(owners);
});

const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/** Names made of what the names of ours are made of, at any length that is valid. */
const anyName = fc
  .array(
    fc.oneof(
      fc.constantFrom('a', 'web', '0', '-', '.', '-portlock', 'portlock', 'x'.repeat(200)),
      fc.constantFrom(...KINDS).map((kind) => `-${kind.toLowerCase()}`),
      fc.constantFrom(35, 36, 37).map((digits) => `-${'0'.repeat(digits)}`),
      fc.stringMatching(/^-[0-9a-f]{36}$/),
    ),
    { minLength: 1, maxLength: 6 },
  )
  .map((parts) => parts.join('').slice(0, 253))
  .filter((name) => SUBDOMAIN.test(name));
const anyWorkload = fc.record({ kind: fc.constantFrom(...KINDS), name: anyName });
const NAMINGS = [reportName, policyName];

/** A workload, and others that an attacker would make who knows how it is called. */
const rivals = fc
  .tuple(anyWorkload, fc.array(anyWorkload, { maxLength: 4 }), fc.nat({ max: 253 }))
  .map(([victim, others, cut]) => {
    const seen = [...NAMINGS.map((nameOf) => nameOf(victim)), victim.name];
    const stems = seen.flatMap((name) => [
      name,
      name.replace(/-portlock$/, ''),
      name.replace(/(-[a-z]+)?(-portlock)?$/, ''),
      name.slice(0, cut).replace(/[-.]+$/, ''),
      name.slice(0, -1),
    ]);
    const again = stems.flatMap((name) =>
      NAMINGS.map((nameOf) => nameOf({ kind: 'Deployment', name })),
    );
    const names = [...stems, ...again].filter((name) => SUBDOMAIN.test(name));
    const made = names.flatMap((name) => KINDS.map((kind) => ({ kind, name })));
    return [victim, ...others, ...made].filter(({ name }) => name.length <= 253);
  });

test.each([
  ['reports', reportName],
  ['policies', policyName],
])('no two workloads meet in the names of %s, which are all valid', (_what, nameOf) => {
  fc.assert(
    fc.property(rivals, (workloads) => {
      const owners = new Map<string, string>();
      for (const { kind, name } of workloads) {
        const given = nameOf({ kind, name });
        const owner = `${kind}/${name}`;
        const rival = owners.get(given) ?? owner;
        if (given.length > 253 || !SUBDOMAIN.test(given) || rival !== owner)
          expect.fail(`${owner} and ${rival} have the name ${given}`);
        owners.set(given, owner);
      }
    }),
    runs(24),
  );
});
