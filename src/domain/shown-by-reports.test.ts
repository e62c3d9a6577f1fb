import { expect, test } from 'vitest';
import { carriedOut, pod, snapshot, workload } from '../testing/builders.ts';
import { decide } from './decide.ts';
import { reportEvents } from './report/events.ts';
import { visible } from './text/visible-text.ts';

/** A window's title, colours, and an order turned around, as anybody may write them into an annotation. */
const HOSTILE = 'any\u202e\u009b31m\u007f';

/** Every text in a report and in the Events, but the manifest, which has lines. */
function texts(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, each]) => (key === 'manifest' ? [] : texts(each)));
}

test('what an annotation says is shown in the condition and in the Event, and does nothing there', () => {
  const annotations = { 'portlock.dev/allow-from': HOSTILE };
  const { report, events } = decide(snapshot({ workload: workload({ annotations }) }));
  const notes = events.map(({ note }) => note);
  expect(notes).toEqual([expect.stringContaining('not "any\\u202e\\x9b31m\\x7f"')]);
  const all = [...texts(report), ...notes];
  expect(all).toContainEqual(notes[0]);
  for (const text of all) expect(visible(text)).toBe(text);
});

test('so is the name of an owner that a pod claims to have, however long', () => {
  const owner = `Job/\u001b]0;owned\u0007${'x'.repeat(400)}`;
  const stranger = { ...pod({ uid: 'other', ownerName: 'x' }), owner };
  const also = { ...stranger, uid: 'third', owner: `${owner}y` };
  const before = snapshot({ selected: [stranger, also] });
  const { report } = decide(before);
  for (const text of texts(report)) expect(visible(text)).toBe(text);
  const owners = report.do === 'ensure' ? report.report.status?.policy?.otherOwners : undefined;
  expect(owners).toEqual([expect.stringMatching(/^Job\/\\x1b\]0;owned\\x07x+$/)]);
  expect(owners?.[0]).toHaveLength(317);
  expect(decide(carriedOut(before, decide(before))).events).toEqual([]);
});

test('a note of an Event is within its length as it is shown', () => {
  const { report } = decide(snapshot());
  if (report.do !== 'ensure') throw new Error('no report');
  const stalled = {
    type: 'Stalled',
    status: 'True' as const,
    reason: 'InvalidMode',
    message: HOSTILE.repeat(100),
    lastTransitionTime: '2026-01-01T00:00:00Z',
  };
  const raw = { ...report.report, status: { conditions: [stalled] } };
  const notes = reportEvents(snapshot(), raw).map(({ note }) => note);
  expect(notes).toEqual([expect.stringMatching(/^any\\u202e\\x9b31m/)]);
  for (const note of notes) expect(visible(note)).toBe(note);
  expect(Buffer.byteLength(notes[0] ?? '')).toBeLessThanOrEqual(1_000);
});
