import { expect, test } from 'vitest';
import { emptyEvidence } from '../probing/evidence.ts';
import type { ProbePermission } from '../probing/probe-permission.ts';
import { doubtOf } from './doubt.ts';

const EVIDENCE = emptyEvidence('now', 0, { settled: new Map(), seen: [] });
const PERMITTED: ProbePermission = {
  pods: [],
  unverifiable: undefined,
  reason: undefined,
  leftOut: '',
};
const ANSWERED = { ...EVIDENCE, acceptsEverything: true };

test('there is none where pods may be asked and answer for themselves', () => {
  expect(doubtOf(PERMITTED, EVIDENCE)).toBeUndefined();
});

test('something answers for the pods', () => {
  const doubt = doubtOf(PERMITTED, ANSWERED);
  expect(doubt).toMatchObject({ reason: 'AcceptsEverything', isAboutPorts: true });
  expect(doubt?.message).toContain('accepts connections for these pods on ports where nothing');
});

test('there is no pod to ask, which says nothing of the ports', () => {
  expect(doubtOf({ ...PERMITTED, reason: 'NoPods' }, ANSWERED)).toEqual({
    reason: 'NoPods',
    message: 'No pod is ready to be probed',
    isAboutPorts: false,
  });
});

test('pods may not be asked, which says why nothing is known of the ports', () => {
  const permission: ProbePermission = { ...PERMITTED, reason: 'ProbeOff', unverifiable: 'why' };
  expect(doubtOf(permission, EVIDENCE)).toEqual({
    reason: 'ProbeOff',
    message: 'why',
    isAboutPorts: true,
  });
});
