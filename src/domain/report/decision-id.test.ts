import { expect, test } from 'vitest';
import { decisionId } from './decision-id.ts';
import type { EventNote } from './events.ts';

const SUBJECT = { uid: 'uid-web', generation: 3 };
const EVENT: EventNote = {
  type: 'Warning',
  reason: 'DriftDetected',
  action: 'Probe',
  note: '9090/TCP differs',
};

test('the same decision has the same id, in whatever process', () => {
  expect(decisionId({ ...SUBJECT }, { ...EVENT })).toBe(decisionId(SUBJECT, EVENT));
  expect(decisionId(SUBJECT, EVENT)).toMatch(/^[0-9a-f]{16}$/);
});

test.each([
  ['workload', { uid: 'uid-other' }, {}],
  ['version of it', { generation: 4 }, {}],
  ['reason', {}, { reason: 'DriftResolved' as const }],
  ['sentence', {}, { note: '5000/TCP differs' }],
])('another %s has another', (_what, subject, event) => {
  expect(decisionId({ ...SUBJECT, ...subject }, { ...EVENT, ...event })).not.toBe(
    decisionId(SUBJECT, EVENT),
  );
});
