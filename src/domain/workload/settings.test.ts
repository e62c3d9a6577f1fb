import { describe, expect, test } from 'vitest';
import { namespace, workload } from '../../testing/builders.ts';
import { parseAllowFrom, UNSAID } from './allow-from.ts';
import { hasOptedIn, modeLabel } from './mode.ts';
import { readSettings } from './settings.ts';

const key = (name: string) => `portlock.dev/${name}`;
const read = (annotations: Record<string, string>) =>
  readSettings(workload({ annotations }), namespace());

describe('the mode', () => {
  test.each<[string | undefined, string | undefined, string, boolean]>([
    [undefined, undefined, 'off', false],
    [undefined, 'audit', 'audit', true],
    ['enforce', 'audit', 'enforce', true],
    ['off', 'enforce', 'off', false],
    [undefined, 'off', 'off', false],
    ['enforced', undefined, 'invalid', true],
  ])(
    'of a workload labelled %s in a namespace labelled %s is %s',
    (own, ofNamespace, mode, isIn) => {
      const labels: Record<string, string> = ofNamespace ? { [key('mode')]: ofNamespace } : {};
      const parts = [workload({ mode: own }), namespace({ labels })] as const;
      expect(readSettings(...parts).mode).toBe(mode);
      expect(hasOptedIn(...parts)).toBe(isIn);
      expect(modeLabel(...parts)).toBe(own ?? ofNamespace);
    },
  );

  test('case 41: a typo is told with where it stands', () => {
    expect(readSettings(workload({ mode: 'x'.repeat(61) }), namespace()).problems).toEqual([
      {
        reason: 'InvalidMode',
        message: `The label portlock.dev/mode must be audit, enforce or off, not "${'x'.repeat(60)}…"`,
      },
    ]);
    const labels = { [key('mode')]: 'on' };
    const [problem] = readSettings(workload({ mode: undefined }), namespace({ labels })).problems;
    expect(problem?.message).toContain('portlock.dev/mode of the Namespace shop must be');
  });
});

test('without annotations everybody may connect, pods are probed, and nothing is listed', () => {
  expect(read({})).toEqual({
    mode: 'enforce',
    extraPorts: [],
    extraRanges: [],
    closedPorts: [],
    allowFrom: UNSAID,
    acceptedCuts: [],
    probe: true,
    problems: [],
  });
});

describe('annotations', () => {
  test('say what the owner wants', () => {
    const said = read({
      [key('extra-ports')]: ' 9102/TCP , 65535/UDP,1/SCTP',
      [key('accept-cuts')]: ' ',
      [key('allow-from')]: ' same-namespace ',
      [key('probe')]: 'off',
    });
    expect(said).toMatchObject({
      extraPorts: [
        { port: 9102, protocol: 'TCP', container: '' },
        { port: 65_535, protocol: 'UDP', container: '' },
        { port: 1, protocol: 'SCTP', container: '' },
      ],
      acceptedCuts: [],
      allowFrom: parseAllowFrom('same-namespace'),
      probe: false,
      problems: [],
    });
    expect(read({ [key('probe')]: 'on', [key('allow-from')]: 'any' })).toMatchObject({
      probe: true,
      allowFrom: parseAllowFrom('any'),
    });
  });

  test.each([
    '0/TCP',
    '65536/TCP',
    '80',
    '80/tcp',
    'x80/TCP',
    '80/TCPx',
    '100000/TCP',
    '80/TCP,',
    '-1/TCP',
  ])('that list no port are a problem: %s', (text) => {
    const { extraPorts, problems } = read({ [key('extra-ports')]: text });
    expect(extraPorts).toEqual([]);
    expect(problems).toHaveLength(1);
    expect(problems[0]?.reason).toBe('InvalidAnnotation');
    expect(problems[0]?.message).toContain(
      'The annotation portlock.dev/extra-ports must list ports such as 9102/TCP,8125/UDP',
    );
  });

  test('list ranges among the ports that are opened, and ports that are closed', () => {
    const said = read({
      [key('extra-ports')]: '9102/TCP, 50100-50200/UDP',
      [key('closed-ports')]: '8181/TCP,53/UDP',
    });
    expect(said).toMatchObject({
      extraPorts: [{ port: 9102, protocol: 'TCP' }],
      extraRanges: [{ first: 50_100, last: 50_200, protocol: 'UDP' }],
      closedPorts: [
        { port: 8181, protocol: 'TCP' },
        { port: 53, protocol: 'UDP' },
      ],
      problems: [],
    });
    const range = read({ [key('extra-ports')]: '1-65535/SCTP' });
    expect(range).toMatchObject({ extraPorts: [], extraRanges: [{ first: 1, last: 65_535 }] });
  });

  test.each([
    ['extra-ports', '0-10/TCP', 'must list ranges such as 50100-50200/UDP'],
    ['extra-ports', '10-65536/TCP', 'must list ranges such as 50100-50200/UDP'],
    ['extra-ports', '10-9/TCP', 'the lower one first, not "10-9/TCP"'],
    [
      'extra-ports',
      '10-10/TCP',
      'must list a range of one port as that port, 10/TCP, not "10-10/TCP"',
    ],
    ['extra-ports', '1-1/UDP', 'as that port, 1/UDP'],
    ['extra-ports', '65535-065535/TCP', 'must list ports such as'],
    ['extra-ports', '65535-65535/TCP', 'as that port, 65535/TCP'],
    ['extra-ports', '0-0/TCP', 'with numbers from 1 to 65535'],
    ['extra-ports', '65536-65536/TCP', 'with numbers from 1 to 65535'],
    ['extra-ports', '10-11', 'must list ports such as'],
    ['extra-ports', '1-2/TCP,', 'must list ports such as'],
    ['closed-ports', '10-11/TCP', 'must list ports such as'],
    ['accept-cuts', '10-11/TCP', 'must list ports such as'],
  ])('that list no range are a problem: %s %s', (name, text, message) => {
    const said = read({ [key(name)]: text });
    expect(said).toMatchObject({ extraPorts: [], extraRanges: [], closedPorts: [] });
    expect(said.problems.map((each) => each.message)).toEqual([expect.stringContaining(message)]);
  });

  test.each(['8181/TCP', '8100-8181/TCP', '8181-8200/TCP'])(
    'that open %s and close a port of it contradict each other',
    (extra) => {
      const said = read({ [key('extra-ports')]: extra, [key('closed-ports')]: '8181/TCP' });
      expect(said.problems).toEqual([
        {
          reason: 'InvalidAnnotation',
          message:
            'The annotation portlock.dev/closed-ports must not list 8181/TCP, which portlock.dev/extra-ports opens: take it out of one of them',
        },
      ]);
    },
  );

  test('case 42: that cannot be read never widen, and are told one by one', () => {
    const said = read({ [key('allow-from')]: 'all', [key('probe')]: 'yes' });
    expect(said).toMatchObject({ allowFrom: parseAllowFrom('same-namespace'), probe: false });
    expect(said.problems.map(({ message }) => message)).toEqual([
      'The annotation portlock.dev/allow-from must list any, same-namespace or namespace/NAME, not "all"; commas part sources, semicolons entries, and 9443/TCP= in front makes an entry about that port alone',
      'The annotation portlock.dev/probe must be on or off, not "yes"',
    ]);
  });

  test('of 4,096 characters are read, and of one more rejected', () => {
    const long = (length: number) =>
      read({ [key('extra-ports')]: '1/TCP'.padEnd(length) }).problems;
    expect(long(4096)).toEqual([]);
    expect(long(4097)[0]?.message).toContain('must be at most 4096 characters, not 4097');
  });
});
