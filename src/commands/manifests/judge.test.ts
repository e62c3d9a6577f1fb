import { expect, test } from 'vitest';
import { snapshot, workload } from '../../testing/builders.ts';
import { judge, judgeEnforced } from './judge.ts';

/** `intent reason` of a workload that says this mode. */
function judgedAs(mode: string | undefined) {
  return [judge, judgeEnforced].map((each) => {
    const value = workload({ mode });
    const { intent, settings } = each(snapshot({ workload: value }), value);
    return `${settings.mode} ${intent.kind}${'reason' in intent ? ` ${intent.reason}` : ''}`;
  });
}

test.each<[string | undefined, string, string]>([
  ['enforce', 'enforce apply', 'enforce apply'],
  ['audit', 'audit remove AuditMode', 'enforce apply'],
  ['on', 'invalid hold InvalidMode', 'invalid hold InvalidMode'],
  ['off', 'off remove AuditMode', 'enforce apply'],
])(
  'a workload that says %s is judged as it is, and as if it were enforced',
  (mode, is, enforced) => {
    expect(judgedAs(mode)).toEqual([is, enforced]);
  },
);

test('the workload in the snapshot is enforced, too, and nothing of the given one changes', () => {
  const value = workload({ mode: 'audit' });
  const { workload: judged, snapshot: seen } = judgeEnforced(snapshot({ workload: value }), value);
  expect([judged.mode, seen.workload?.mode, value.mode]).toEqual(['enforce', 'enforce', 'audit']);
});
