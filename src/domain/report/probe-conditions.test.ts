import { describe, expect, test } from 'vitest';
import { calibration, pod, snapshot } from '../../testing/builders.ts';
import {
  conditionInBrief,
  conditionSaid,
  reportWithCondition,
} from '../../testing/condition-builders.ts';
import { EVIDENCE, PROBING, row, type Told } from '../../testing/report-builders.ts';
import type { PolicyEffect } from '../evaluate/effect.ts';
import type { Intent } from '../policy/intent.ts';
import { NOTHING_TO_PROBE } from '../probing/probe-plan.ts';
import type { ConditionType } from './conditions.ts';
import type { PortRow } from './port-rows.ts';

function drifting(port: number, fields: Partial<PortRow> = {}): PortRow {
  return row({ port, declared: false, finding: 'UndeclaredReachable', message: 'Why.', ...fields });
}

const HELD: Intent = { kind: 'hold', reason: 'WouldWiden', message: 'isolated', stalled: false };
const FAILED: Intent = { kind: 'failed', reason: 'Conflict', message: 'late', stalled: false };

const DOUBT = { reason: 'NoPods', message: 'no pod', isAboutPorts: false } as const;
const WIDENS: PolicyEffect = {
  group: 'networking.k8s.io',
  kind: 'NetworkPolicy',
  name: 'open',
  effect: 'Widens',
  message: 'x',
};

describe('whether the policy is enforced', () => {
  const elsewhere = (state: 'NotEnforced' | 'Dropped') =>
    ({ fromNode: 'node-9', calibration: { state, message: 'far' } }) as never;
  const onHost = ['c', 'a'].map((name) => pod({ name, hostNetwork: true }));

  test.each<[string, string, Partial<Told>]>([
    ['True Swept', 'of all 65,535 ports', {}],
    ['True Enforced', 'is still to come', { probe: { ...NOTHING_TO_PROBE, unswept: 1 } }],
    ['False WouldWiden', 'see PolicyInSync', { managed: false, intent: HELD }],
    ['False NoPolicy', 'There is no policy', { managed: false }],
    ['Unknown Conflict', 'could not be written', { managed: false, intent: FAILED }],
    ['True Swept', 'Declared ports answer', { intent: HELD }],
    ['Unknown NoPods', 'no pod', { doubt: DOUBT }],
    ['Unknown Widened', 'NetworkPolicy open may open', { effects: [WIDENS] }],
    ['True Swept', 'Declared', { effects: [{ ...WIDENS, effect: 'Restricts' }] }],
    ['False NotEnforced', 'From node node-9: far', { second: elsewhere('NotEnforced') }],
    ['True Swept', 'Declared', { second: elsewhere('Dropped') }],
    [
      'Unknown NotCalibrated',
      'seen as Unknown',
      { second: elsewhere('NotEnforced'), calibration: calibration('Unknown') },
    ],
    ['Unknown HostNetwork', 'which a, c use', { snapshot: snapshot({ pods: onHost }) }],
    [
      'True Swept',
      'Declared',
      { snapshot: snapshot({ pods: [pod({ hostNetwork: true, live: false })] }) },
    ],
    [
      'Unknown NotCalibrated',
      'seen',
      { snapshot: snapshot({ pods: onHost }), calibration: calibration('Unknown') },
    ],
  ])('%s: %s', (expected, message, fields) => {
    expect(conditionInBrief('EnforcementVerified', fields)).toBe(expected);
    expect(conditionSaid('EnforcementVerified', fields).message).toContain(message);
  });
});

describe('whether anything differs from the declaration', () => {
  const many = (count: number) => Array.from({ length: count }, (_, i) => drifting(i + 1));

  test.each<[string, string, Partial<Told>]>([
    ['False NoDrift', 'Every port that was asked is as declared', {}],
    ['True UndeclaredReachable', '1/TCP differs from the declaration. Why.', { rows: many(1) }],
    [
      'True UndeclaredReachable',
      '9/TCP, 10/TCP differ from the declaration. Why.',
      { rows: many(10) },
    ],
    ['True UndeclaredReachable', '10/TCP and 2 more differ', { rows: many(12), doubt: DOUBT }],
    ['False NoDrift', 'Every', { rows: [drifting(1, { isCurrent: false })] }],
    ['Unknown NoPods', 'no pod', { doubt: DOUBT }],
    [
      'Unknown ProbeIncomplete',
      'No connection to 8080/TCP could be tried',
      { rows: [row({ observed: 'Unknown' })] },
    ],
    ['False NoDrift', 'Every', { rows: [row({ observed: 'Unknown', finding: 'Unverifiable' })] }],
    ['False NoDrift', 'Every', { rows: [row({ observed: 'Unknown', declared: false })] }],
    [
      'Unknown ProbeIncomplete',
      'Of 4 undeclared ports',
      { evidence: { ...EVIDENCE, untold: { ports: 4, streak: 1 } } },
    ],
  ])('%s: %s', (expected, message, fields) => {
    expect(conditionInBrief('DriftDetected', fields)).toBe(expected);
    expect(conditionSaid('DriftDetected', fields).message).toContain(message);
  });

  test('ten ports of which nothing is known are named', () => {
    const rows = Array.from({ length: 12 }, (_, i) => row({ port: i + 1, observed: 'Unknown' }));
    expect(conditionSaid('DriftDetected', { rows }).message).toContain(
      '9/TCP, 10/TCP could be tried',
    );
  });

  test.each<ConditionType>(['DriftDetected', 'EnforcementVerified'])(
    '%s says that the sweep is still to come',
    (type) => {
      const note = '; the sweep of all other ports is still to come';
      const probe = { ...NOTHING_TO_PROBE, unswept: 1 };
      expect(conditionSaid(type, { probe }).message.endsWith(note)).toBe(true);
      expect(conditionSaid(type).message).not.toContain(note);
    },
  );
});

describe('while the pods are probed again', () => {
  const restarted = { snapshot: snapshot({ evidence: undefined }) };

  test.each<[ConditionType, 'True' | 'False' | 'Unknown', string, Partial<Told>]>([
    ['DriftDetected', 'False', 'False Before', {}],
    ['DriftDetected', 'Unknown', 'Unknown Before', {}],
    ['DriftDetected', 'True', 'Unknown Probing', {}],
    ['DriftDetected', 'True', 'True Before', restarted],
    ['DriftDetected', 'False', 'True UndeclaredReachable', { rows: [drifting(1)] }],
    ['DriftDetected', 'False', 'False Before', { effects: [WIDENS] }],
    ['EnforcementVerified', 'True', 'True Before', {}],
    ['EnforcementVerified', 'Unknown', 'Unknown Before', { effects: [WIDENS] }],
    ['EnforcementVerified', 'False', 'Unknown Probing', {}],
    ['EnforcementVerified', 'False', 'False Before', restarted],
    ['EnforcementVerified', 'True', 'False NoPolicy', { managed: false }],
    ['EnforcementVerified', 'True', 'Unknown Probing', { effects: [WIDENS] }],
  ])('%s, %s before, is %s', (type, status, expected, fields) => {
    const before = reportWithCondition(type, status, 'Before');
    expect(conditionInBrief(type, { probe: PROBING, ...fields }, before)).toBe(expected);
    expect(conditionInBrief(type, { probe: PROBING, ...fields })).not.toContain('Before');
    expect(conditionInBrief(type, fields, before)).not.toContain('Before');
  });

  test('what stood before stands with its words, and else it is said what goes on', () => {
    const before = reportWithCondition('DriftDetected', 'False', 'Before');
    expect(conditionSaid('DriftDetected', { probe: PROBING }, before).message).toBe('was Before');
    expect(conditionSaid('DriftDetected', { probe: PROBING }).message).toBe(
      'The pods are being probed',
    );
    const enforced = reportWithCondition('EnforcementVerified', 'True', 'Before');
    const widened = { probe: PROBING, effects: [WIDENS] };
    expect(conditionSaid('EnforcementVerified', widened, enforced).message).toBe(
      'NetworkPolicy open may open undeclared ports; the pods are being probed',
    );
  });
});
