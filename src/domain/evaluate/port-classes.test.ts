import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Port, portClasses } from './port-classes.ts';

const tcp = (port: number): Port => ({ port, protocol: 'TCP' });
const range = (first: number, last: number) => ({ protocol: 'TCP', first, last });
const ofTcp = (ports: readonly Port[]) =>
  ports.filter(({ protocol }) => protocol === 'TCP').map(({ port }) => port);

test.each([
  ['no range', [8080], [], [8080], [1]],
  ['a range of declared ports', [8080, 8081], [range(8080, 8081)], [8080], [1, 8082]],
  ['a range beyond them', [8080, 8081], [range(8080, 8082)], [8080], [1, 8082, 8083]],
  ['every port', [1], [range(1, 65_535)], [1], [2]],
  ['the last port', [65_535], [range(65_535, 65_535)], [65_535], [1]],
  ['an empty range', [], [range(9, 8)], [], [1, 9]],
  ['numbers that are no ports', [], [range(-5, 70_000)], [], [1]],
])('%s', (_name, declared, ranges, standing, others) => {
  const classes = portClasses(declared.map(tcp))(ranges);
  expect(ofTcp(classes.declared)).toEqual(standing);
  expect(ofTcp(classes.undeclared)).toEqual(others);
});

test('classes come by port, and the lowest declared port stands for its class', () => {
  const declared: Port[] = [
    { port: 9, protocol: 'UDP' },
    { port: 8081, protocol: 'TCP' },
    { port: 8080, protocol: 'TCP' },
    { port: 5, protocol: 'SCTP' },
  ];
  const inWords = (ports: readonly Port[]) =>
    ports.map(({ port, protocol }) => `${port}/${protocol}`);
  const classes = portClasses(declared)([
    { protocol: 'UDP', first: 7, last: 9 },
    { protocol: 'TCP', first: 65_535, last: 65_535 },
  ]);
  expect(inWords(classes.declared)).toEqual(['5/SCTP', '9/UDP', '8080/TCP']);
  expect(inWords(classes.undeclared)).toEqual([
    '1/SCTP',
    '1/TCP',
    '1/UDP',
    '7/UDP',
    '10/UDP',
    '65535/TCP',
  ]);
});

test('every port has one like it among them', () => {
  const number = fc.integer({ min: 1, max: 12 });
  const ranges = fc.array(fc.tuple(number, number).map(([first, last]) => range(first, last)));
  fc.assert(
    fc.property(fc.uniqueArray(number), ranges, number, (declared, all, port) => {
      const classes = portClasses(declared.map(tcp))(all);
      const like = (other: number) =>
        all.every(
          ({ first, last }) =>
            (first <= port && port <= last) === (first <= other && other <= last),
        );
      const asked = declared.includes(port) ? classes.declared : classes.undeclared;
      expect(ofTcp(asked).some(like)).toBe(true);
    }),
  );
});
