import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pod, snapshot, template, workload } from '../testing/builders.ts';
import { runs } from '../testing/property-runs.ts';
import { decide } from './decide.ts';
import { selectorMatches } from './match/label-selector.ts';
import type { SelectedPod } from './snapshot.ts';
import { NO_PODS, type Workload } from './workload/workload.ts';

/** A CronJob has no selector: whose pods its labels are about is for portlock to see to. */

const labels = fc.dictionary(fc.constantFrom('app', 'task'), fc.constantFrom('a', 'b'));

/** Another workload of the namespace, and perhaps a live pod of it. */
const other = fc.record({ labels, kind: fc.constantFrom('Deployment', 'Job'), live: fc.boolean() });

const world = fc
  .record({ labels, others: fc.array(other, { maxLength: 3 }) })
  .map(({ labels: own, others }) => {
    const hasLabels = Object.keys(own).length > 0;
    const cronJob: Workload = workload({
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      selector: hasLabels ? { matchLabels: own } : NO_PODS,
      template: template({ labels: own }),
    });
    const under = others.filter((each) => selectorMatches(cronJob.selector, each.labels));
    const selected = under
      .filter(({ live }) => live)
      .map((each, index): SelectedPod => {
        const owner = `${each.kind}/other`;
        return { ...pod({ labels: each.labels, uid: `other-${index}` }), owner };
      });
    const overlapping = under.map(({ kind }) => `${kind}/other`).sort();
    const { apiVersion, kind, namespace, name } = cronJob;
    const key = { apiVersion, kind, namespace, name };
    return {
      others,
      before: snapshot({ key, workload: cronJob, pods: [], selected, overlapping }),
    };
  });

test('the first policy of a CronJob selects no pod of another workload, and never all', () => {
  fc.assert(
    fc.property(world, ({ before, others }) => {
      const { policy } = decide(before);
      if (policy.do !== 'apply') return;
      const { podSelector } = policy.policy.spec;
      expect(selectorMatches(podSelector, before.workload?.template.labels ?? {})).toBe(true);
      expect(selectorMatches(podSelector, {})).toBe(false);
      for (const each of others) expect(selectorMatches(podSelector, each.labels)).toBe(false);
    }),
    runs(40),
  );
});

test('where it would, the line that is told mends it', () => {
  fc.assert(
    fc.property(world, ({ before }) => {
      const { policy, report } = decide(before);
      if (policy.do === 'apply' || report.do !== 'ensure' || !before.workload) return;
      const told = report.report.status?.conditions?.find(({ type }) => type === 'PolicyInSync');
      const [, key = '', value = ''] =
        /(\S+): (\S+) (?:in|to) spec\.jobTemplate/.exec(told?.message ?? '') ?? [];
      const mended = { ...before.workload.template.labels, [key]: value };
      const workloadMended = {
        ...before.workload,
        selector: { matchLabels: mended },
        template: template({ labels: mended }),
      };
      // Nobody else has it.
      const after = { ...before, workload: workloadMended, selected: [], overlapping: [] };
      const plan = decide(after);
      expect(plan.policy).toMatchObject({
        do: 'apply',
        policy: { spec: { podSelector: { matchLabels: mended } } },
      });
    }),
    runs(20),
  );
});
