import { describe, expect, test } from 'vitest';
import type { NetworkPolicy, NetworkPolicyIngressRule } from '../../api/kubernetes.ts';
import type { PortExposureReport } from '../../api/port-exposure-report.ts';
import { workload } from '../../testing/builders.ts';
import { optedIn, settings } from '../../testing/intent-builders.ts';
import type { Snapshot } from '../snapshot.ts';
import { canonicalJson } from '../text/canonical.ts';
import { parseAllowFrom, UNSAID } from '../workload/allow-from.ts';
import { rangeKey } from '../workload/port-range.ts';
import { buildPolicy } from './policy.ts';
import { countedPorts, portsInForce, wasInForce } from './policy-in-force.ts';

const PORTS = [{ port: 8080, protocol: 'TCP', containers: ['app'] }] as const;
const OWN = buildPolicy(workload(), PORTS, UNSAID, 'portlock-system');
const FORMER: NetworkPolicy = { ...OWN, metadata: { ...OWN.metadata, name: 'web-former' } };
const FOREIGN: NetworkPolicy = { ...OWN, metadata: { name: 'web-portlock', namespace: 'shop' } };
const NARROW = buildPolicy(workload(), PORTS, parseAllowFrom('same-namespace'), 'portlock-system');
const OTHER_PODS: NetworkPolicy = {
  ...OWN,
  spec: { ...OWN.spec, podSelector: { matchLabels: { app: 'other' } } },
};

function withRules(...ingress: NetworkPolicyIngressRule[]): NetworkPolicy {
  return { ...OWN, spec: { ...OWN.spec, ingress } };
}

type Status = NonNullable<PortExposureReport['status']>;

const ROWS = [
  { port: 8080, protocol: 'TCP', declared: true, expected: 'Allowed', observed: 'Open' },
  { port: 8125, protocol: 'UDP', declared: true, expected: 'Unknown', observed: 'Unknown' },
  { port: 9090, protocol: 'TCP', declared: false, expected: 'Denied', observed: 'Open' },
] satisfies Status['ports'];

function reported(
  state: NonNullable<Status['policy']>['state'],
  more: Status = {},
  uid = 'uid-web',
): PortExposureReport {
  const owner = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' };
  return {
    apiVersion: 'portlock.dev/v1alpha1',
    kind: 'PortExposureReport',
    metadata: {
      name: 'web',
      namespace: 'shop',
      ownerReferences: [{ ...owner, uid, controller: true }],
    },
    spec: { targetRef: owner },
    status: { policy: { name: 'web-portlock', state }, ports: ROWS, ...more },
  };
}

const remembered = (policy: NetworkPolicy) => ({ lastApplied: canonicalJson(policy) });

describe('a policy was in force', () => {
  test.each<[string, boolean, Partial<Snapshot>]>([
    ['where none is there and none was', false, {}],
    ['where it is there', true, { policies: [OWN] }],
    ['where it is there under a former name', true, { policies: [FORMER] }],
    ['where this process remembers it', true, remembered(OWN)],
    ['where the report says so', true, { report: reported('Applied') }],
    ['where the report says that it is held', false, { report: reported('Held') }],
    [
      'where the report is of an older workload',
      false,
      { report: reported('Applied', {}, 'uid-old') },
    ],
    ['where it was about other pods', false, { policies: [OTHER_PODS], ...remembered(OTHER_PODS) }],
    ['where somebody else has made one of the name', false, { policies: [FOREIGN] }],
    ['where only the workload is gone', false, { workload: undefined, policies: [OWN] }],
  ])('%s: %s', (_where, expected, fields) => {
    expect(wasInForce(optedIn(fields))).toBe(expected);
  });
});

const TCP = [{ first: 8080, last: 8080, protocol: 'TCP' }];
const DECLARED = [...TCP, { first: 8125, last: 8125, protocol: 'UDP' }];
const RANGE: NetworkPolicyIngressRule = { ports: [{ port: 9000, endPort: 9100 }] };

describe('what was in force', () => {
  const EDITED = withRules({ ports: [{ port: 9999, protocol: 'TCP' }] });
  const report = reported('Applied');

  test.each<[string, unknown, Partial<Snapshot>]>([
    ['is nothing where there was none', [], { report: reported('Held') }],
    ['is what the policy allows', TCP, { policies: [OWN] }],
    ['is what it allowed before an edit', TCP, { policies: [EDITED], ...remembered(OWN) }],
    ['is nothing for everybody where it was for some', [], { policies: [NARROW] }],
    ['is unknown where every rule is gone', 'unknown', { policies: [withRules()] }],
    ['is unknown where a rule allows every port', 'unknown', { policies: [withRules({})] }],
    ['is unknown of an empty list', 'unknown', { policies: [withRules({ ports: [] })] }],
    [
      'is what every rule allows to as many',
      TCP,
      {
        policies: [
          withRules(
            { ports: [{ port: 8080 }] },
            { ports: [{ port: 9 }], from: [{ podSelector: {} }] },
          ),
        ],
      },
    ],
    [
      'is unknown of no list of rules',
      'unknown',
      { policies: [{ ...OWN, spec: { podSelector: OWN.spec.podSelector } }] },
    ],
    ['is else what the report calls declared', DECLARED, { policies: [withRules()], report }],
    ['is that where it was deleted', DECLARED, { report }],
    [
      'is unknown where rows are left out',
      'unknown',
      { report: reported('Applied', { portsOmitted: 1 }) },
    ],
    ['is known where none is', DECLARED, { report: reported('Applied', { portsOmitted: 0 }) }],
    [
      'is unknown where the report says that it is held',
      'unknown',
      { policies: [withRules()], report: reported('Held') },
    ],
  ])('%s', (_what, expected, fields) => {
    expect(portsInForce(optedIn(fields))).toEqual(expected);
  });

  test('of a range counts in its parts, for each of which as many are let in', () => {
    const inForce = (allowFrom: string) =>
      portsInForce(
        optedIn(
          { policies: [withRules(RANGE)] },
          { settings: settings({ allowFrom: parseAllowFrom(allowFrom) }) },
        ),
      );
    const part = (first: number, last: number) => ({ first, last, protocol: 'TCP' });
    expect(inForce('any')).toEqual([part(9000, 9100)]);
    expect(inForce('any;9001/TCP=namespace/a')).toEqual([
      part(9000, 9000),
      part(9001, 9001),
      part(9002, 9100),
    ]);
  });

  test('of a range for the namespace counts where no more are let in', () => {
    const narrow = withRules({ ...RANGE, from: [{ podSelector: {} }] });
    const allowFrom = parseAllowFrom('same-namespace;9000/TCP=any');
    expect(
      portsInForce(optedIn({ policies: [narrow] }, { settings: settings({ allowFrom }) })),
    ).toEqual([{ first: 9001, last: 9100, protocol: 'TCP' }]);
  });

  test('for the namespace counts where the next one is for the namespace, too', () => {
    const asked = { settings: settings({ allowFrom: parseAllowFrom('same-namespace') }) };
    expect(portsInForce(optedIn({ policies: [NARROW] }, asked))).toEqual(TCP);
  });
});

describe('the ports that counted until now', () => {
  const mixed = withRules(
    { ports: [{ port: 53 }, { port: 53, protocol: 'UDP' }, { port: 'http', protocol: 'TCP' }] },
    { ports: [{ port: 80, protocol: 'TCP' }] },
    {},
  );

  test.each<[string, string[], Partial<Snapshot>]>([
    ['are none where nothing is known', [], {}],
    ['are those of every rule, by number', ['53/TCP', '53/UDP', '80/TCP'], { policies: [mixed] }],
    ['are those of a range', ['9000-9100/TCP'], { policies: [withRules(RANGE)] }],
    [
      'are those of the policy before the report’s',
      ['8080/TCP'],
      { policies: [OWN], report: reported('Applied') },
    ],
    ['are the report’s declared ones', ['8080/TCP', '8125/UDP'], { report: reported('Held') }],
    ['are not those of an older workload', [], { report: reported('Held', {}, 'uid-old') }],
    [
      'are none of a policy without rules',
      [],
      { policies: [{ ...OWN, spec: { podSelector: OWN.spec.podSelector } }] },
    ],
    ['are not those of somebody else’s policy of the name', [], { policies: [FOREIGN] }],
    ['are none of a report without ports', [], { report: { ...reported('Held'), status: {} } }],
  ])('%s', (_what, expected, fields) => {
    expect(countedPorts(optedIn(fields)).map(rangeKey)).toEqual(expected);
  });
});
