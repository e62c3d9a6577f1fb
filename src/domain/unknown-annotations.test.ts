import { expect, test } from 'vitest';
import { carriedOut, snapshot, workload } from '../testing/builders.ts';
import { decide } from './decide.ts';
import { conditionOf } from './report/conditions.ts';

function looked(...keys: string[]) {
  const annotations = Object.fromEntries(keys.map((key) => [key, '9090/TCP']));
  const before = snapshot({ workload: workload({ annotations }) });
  const plan = decide(before);
  const report = plan.report.do === 'ensure' ? plan.report.report : undefined;
  const events = (told: readonly { reason: string; note: string }[]) =>
    told.filter(({ reason }) => reason === 'UnknownAnnotation').map(({ note }) => note);
  return {
    condition: conditionOf(report, 'PolicyInSync')?.message ?? '',
    events: events(plan.events),
    eventsOfNextLook: events(decide(carriedOut(before, plan)).events),
  };
}

test.each([
  ['portlock.dev/extra-port', 'the nearest that it knows is portlock.dev/extra-ports'],
  ['portlock.dev/allowfrom', 'the nearest that it knows is portlock.dev/allow-from'],
  ['portlock.dev/mode', 'portlock.dev/mode is a label, and does nothing as an annotation'],
])('the annotation %s is told in a condition and one Event', (key, words) => {
  const { condition, events, eventsOfNextLook } = looked(key);
  expect(condition).toContain(words);
  expect(events).toEqual([expect.stringContaining(words)]);
  expect(eventsOfNextLook).toEqual([]);
});

test('annotations of others and those that portlock knows are no matter', () => {
  const { condition, events } = looked('example.com/extra-port', 'portlock.dev/extra-ports');
  expect(condition).not.toContain('annotation');
  expect(events).toEqual([]);
});
