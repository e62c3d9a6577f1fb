import { expect, test } from 'vitest';
import { parseSocketOwners } from './socket-owners.ts';

const LISTING = `/proc/1 sh
/proc/12 node
/proc/7 my worker
/proc/9 MainThread
lrwxrwxrwx    1 65532    65532            0 Nov 24 08:00 /proc/1/exe -> /bin/busybox
lrwxrwxrwx    1 65532    65532            0 Nov 24 08:00 /proc/9/exe -> /nodejs/bin/node
/proc/1/fd:
total 0
lrwx------    1 65532    65532           64 Nov 24 08:00 0 -> /dev/null
lr-x------    1 65532    65532           64 Nov 24 08:00 3 -> pipe:[99]

/proc/12/fd:
total 0
lrwx------    1 65532    65532           64 Nov 24 08:00 18 -> socket:[4711]
lrwx------    1 65532    65532           64 Nov 24 08:00 19 -> socket:[4712]

/proc/7/fd:
total 0
lrwx------    1 65532    65532           64 Nov 24 08:00 18 -> socket:[4711]

/proc/9/fd:
lrwx------    1 65532    65532           64 Nov 24 08:00 20 -> socket:[4714]

/proc/30/fd:
lrwx------    1 65532    65532           64 Nov 24 08:00 4 -> socket:[4713]
`;

test('sockets belong to the first process that holds them', () => {
  expect(parseSocketOwners(LISTING)).toEqual(
    new Map([
      [4711, { pid: 7, name: 'my worker' }],
      [4712, { pid: 12, name: 'node' }],
      [4714, { pid: 9, name: 'node' }],
      [4713, { pid: 30, name: '' }],
    ]),
  );
});

test('a container that shows nothing has no owners', () => {
  expect(parseSocketOwners('')).toEqual(new Map());
});

test.each<[string, string, [inode: number, pid: number, name: string][]]>([
  [
    'a process that is named like a descriptor holds nothing',
    '/proc/7 -> socket:[5]\n/proc/8/fd:\n0 -> socket:[6]\n',
    [[6, 8, '']],
  ],
  [
    'a file that is named like a socket is none',
    '/proc/7/fd:\n3 -> /tmp/x -> socket:[5]y\n4 -> /tmp/socket:[6]\n',
    [],
  ],
  [
    'a program is known by its own name, wherever it lies',
    '/proc/12 MainThread\nx /proc/12/exe -> /opt/my app/bin/node\n/proc/12/fd:\n0 -> socket:[5]\n',
    [[5, 12, 'node']],
  ],
  [
    'a program that has no name is named by that of its process',
    '/proc/12 web\n/proc/12/exe -> /bin/node\n/proc/12/fd:\n0 -> socket:[5]\n',
    [[5, 12, 'web']],
  ],
  [
    'a process that has neither has an empty name',
    '/proc/12 MainThread\n/proc/12/fd:\n0 -> socket:[5]\n',
    [[5, 12, '']],
  ],
])('%s', (_what, listing, owners) => {
  expect([...parseSocketOwners(listing)]).toEqual(
    owners.map(([inode, pid, name]) => [inode, { pid, name }]),
  );
});
