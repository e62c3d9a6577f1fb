import { describe, expect, test } from 'vitest';
import { carriedOut } from '../testing/builders.ts';
import { deployment } from '../testing/deployments.ts';
import { snapshotOf } from '../testing/snapshot-manifests.ts';
import { decide } from './decide.ts';
import type { Snapshot } from './snapshot.ts';

const SERVED = [{ containerPort: 8080 }];
const GOOD = deployment({ ports: SERVED });
/** The cluster in which the good Deployment is enforced. */
const ENFORCED = ((before: Snapshot) => carriedOut(before, decide(before)))(snapshotOf([GOOD]));

/** What is decided once the owner has changed the Deployment to this. */
function decidedAbout(changed: object) {
  const { workload } = snapshotOf([{ ...deployment({ ports: SERVED }), ...changed }]);
  return decide({ ...ENFORCED, workload });
}

/** The ports that are allowed, as `8080/TCP`; all that is decided where no policy is written. */
function allowed(deploymentOf: object) {
  const { policy } = decide(snapshotOf([{ ...GOOD, ...deploymentOf }]));
  if (policy.do !== 'apply') return policy.do;
  const [rule] = policy.policy.spec.ingress ?? [];
  return rule?.ports?.map((each) => `${each.port}/${each.protocol}`);
}

const stalled = ({ report }: ReturnType<typeof decide>) =>
  report.do === 'ensure'
    ? report.report.status?.conditions?.find(
        (each) => each.type === 'Stalled' && each.status === 'True',
      )?.reason
    : undefined;

describe('of a workload that is enforced', () => {
  test.each(['True', 'yes', '', 'false', 'Enforce', 'enforce '])(
    'case 41: the mode %j is a typo: the policy stays, a person is told once, and must act',
    (mode) => {
      const plan = decidedAbout(deployment({ ports: SERVED, mode }));
      expect(plan.policy).toEqual({ do: 'nothing' });
      expect(plan.events.map(({ reason, type }) => [reason, type])).toEqual([
        ['InvalidMode', 'Warning'],
      ]);
      expect(stalled(plan)).toBe('InvalidMode');
    },
  );

  test.each([
    ['extra-ports', '{"port":'],
    ['extra-ports', 'x'.repeat(256 * 1024)],
    ['extra-ports', '9090/TCP,'.repeat(500)],
    ['extra-ports', '__proto__'],
    ['extra-ports', '[object Object]'],
    ['extra-ports', '0/TCP'],
    ['extra-ports', '65536/TCP'],
    ['extra-ports', '9090/ICMP'],
    ['extra-ports', '9090-9080/TCP'],
    ['allow-from', '__proto__'],
    ['allow-from', '10.0.0.0/8'],
    ['allow-from', '10.0.0.0/33'],
    ['allow-from', 'fd00::/8'],
    ['accept-cuts', '9090'],
    ['probe', 'maybe'],
  ])(
    'case 42: a bad annotation %s is rejected with its reason: the policy stays (%#)',
    (name, value) => {
      const annotations = { [`portlock.dev/${name}`]: value };
      const plan = decidedAbout(deployment({ ports: SERVED, annotations }));
      expect(plan.policy).toEqual({ do: 'nothing' });
      expect(plan.events.map(({ reason }) => reason)).toEqual(['InvalidAnnotation']);
      expect(stalled(plan)).toBe('InvalidAnnotation');
    },
  );
});

describe('of what containers declare', () => {
  test.each([
    ['the same port twice', [8080, 8080].map((containerPort) => ({ containerPort })), ['8080/TCP']],
    [
      'other protocols',
      [
        { containerPort: 53, protocol: 'UDP' },
        { containerPort: 36, protocol: 'SCTP' },
      ],
      ['36/SCTP', '53/UDP'],
    ],
    [
      'no port numbers',
      [0, 65_536, 8080].map((containerPort) => ({ containerPort })),
      ['8080/TCP'],
    ],
    [
      'any order',
      [9090, 80, 443].map((containerPort) => ({ containerPort })),
      ['80/TCP', '443/TCP', '9090/TCP'],
    ],
    ['nothing', [], 'nothing'],
    ['no port number at all', [{ containerPort: 0 }], 'nothing'],
  ])('case 43: %s', (_, ports, expected) => {
    expect(allowed(deployment({ ports }))).toEqual(expected);
  });

  test('case 43: a UDP port is not connected to, and is said to be unverifiable', () => {
    const ports = [{ containerPort: 53, protocol: 'UDP' }];
    const { report } = decide(snapshotOf([deployment({ ports })]));
    expect(report.do === 'ensure' && report.report.status?.ports).toMatchObject([
      { port: 53, protocol: 'UDP', observed: 'Unknown', finding: 'Unverifiable' },
    ]);
  });
});

test('case 45: of two workloads with one selector each has its policy, and both owners are told', () => {
  const other = { ...deployment({ ports: SERVED }), metadata: { name: 'other' } };
  const { policy, report } = decide(snapshotOf([GOOD, other]));
  expect(policy.do).toBe('apply');
  const status = report.do === 'ensure' ? report.report.status : undefined;
  expect(JSON.stringify(status)).toContain('Deployment/other');
});
