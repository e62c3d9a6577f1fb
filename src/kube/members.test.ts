import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { MEMBER_PREFIX, type MemberLease, Members, projectMemberLease } from './members.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

function lease(pod: string, fields: Partial<MemberLease> = {}): MemberLease {
  return { name: `${MEMBER_PREFIX}${pod}`, holder: pod, duration: 15, renewal: '1', ...fields };
}

function seen(members: Members, ...leases: MemberLease[]): void {
  for (const current of leases)
    members.onChange({ type: 'added', key: current.name, source: 'watch', current });
}

test('replicas that renew live, one that does not is gone after its own duration', () => {
  const members = new Members();
  seen(members, lease('b'), lease('a'), lease('c', { duration: 5 }));
  expect(members.names).toEqual(['a', 'b', 'c']);
  vi.advanceTimersByTime(6_000);
  expect(members.names).toEqual(['a', 'b']);
  seen(members, lease('a', { renewal: '2' }));
  vi.advanceTimersByTime(10_000);
  expect(members.names).toEqual(['a']);
});

test('one that gave its Lease back is gone at once, as is one whose Lease is', () => {
  const members = new Members();
  const gone = lease('b');
  seen(members, lease('a', { holder: '' }), gone, lease('c'));
  members.onChange({ type: 'deleted', key: gone.name, source: 'watch', previous: gone });
  expect(members.names).toEqual(['c']);
});

test('other Leases are nobody’s sign of life', () => {
  const members = new Members();
  seen(members, { ...lease('a'), name: 'portlock-leader' });
  expect(members.names).toEqual([]);
});

test('one whose Lease was edited to last for years is gone after a minute', () => {
  const members = new Members();
  const spec = { holderIdentity: 'a', leaseDurationSeconds: 2 ** 31 - 1 };
  seen(members, projectMemberLease({ metadata: { name: `${MEMBER_PREFIX}a` }, spec }));
  vi.advanceTimersByTime(59_000);
  expect(members.names).toEqual(['a']);
  vi.advanceTimersByTime(1_000);
  expect(members.names).toEqual([]);
});

test('a Lease that nobody has filled in is held by nobody', () => {
  const name = `${MEMBER_PREFIX}a`;
  expect(name).toBe('portlock-replica-a');
  expect(projectMemberLease({ metadata: { name } })).toEqual({
    name,
    holder: '',
    duration: 15,
    renewal: '',
  });
  expect(projectMemberLease({ metadata: { name, resourceVersion: '7' } }).renewal).toBe('7');
});

test('a Lease that is none is refused', () => {
  const spec = { holderIdentity: 'a', leaseDurationSeconds: 'long' };
  expect(() => projectMemberLease({ metadata: { name: 'a' }, spec })).toThrow(
    'spec.leaseDurationSeconds',
  );
});
