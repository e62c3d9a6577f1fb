import { Ajv } from 'ajv';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { operatorCommand } from '../../src/operator-command.ts';
import { flagSchema, wholeNumbers } from './flag-schema.ts';

const ajv = new Ajv();
const options = new Map(operatorCommand().options.map((option) => [option.name(), option]));

/** What Helm says of a value, and what the operator says of the flag that comes of it. */
function judged(name: string, values: readonly (string | number)[]) {
  const option = options.get(name);
  if (option === undefined) throw new Error(`there is no flag ${name}`);
  const isTaken = ajv.compile(flagSchema(option));
  const isParsed = (value: string) => {
    try {
      option.parseArg?.(value, undefined);
      return true;
    } catch {
      return false;
    }
  };
  return {
    byHelm: values.map((value) => [value, isTaken(value)]),
    byOperator: values.map((value) => [value, isParsed(String(value))]),
  };
}

const WEEK = 7 * 24 * 3_600;
const DURATIONS = [
  ...['0ms', '0s', '1ms', '9ms', '10ms', '1s', '59s', '1m', '4m', '5m', '299s', '300s', '299999ms'],
  ...[
    `${WEEK}s`,
    `${WEEK + 1}s`,
    `${WEEK}000ms`,
    `${WEEK}001ms`,
    '168h',
    '169h',
    '10080m',
    '10081m',
  ],
  ...['1d', '1', '', '1 s', '-1s', '1.5s', '1s ', '1S', '9999999999ms'],
];
const NUMBERS = [0, 1, 99, 100, 101, 32_768, 32_769, 100_000, 100_001, 1_000_000, 1_000_001, -1];
const LISTS = [
  ...['', 'kube-*', '*', 'a,b', 'a, b', ' a , b ', 'Kube', 'a,', ',', 'a b', 'a: b', 'a_b', '-a'],
  ...['a'.repeat(63), 'a'.repeat(64), `a,${'b'.repeat(64)}`],
];

describe('the schema takes what the operator takes, and nothing else', () => {
  test.each([
    ...['settle', 'probe-timeout', 'probe-interval', 'brake-window', 'preflight-probe'],
    'relist-interval',
  ])('of the duration %s', (name) => {
    const { byHelm, byOperator } = judged(name, DURATIONS);
    expect(byHelm).toEqual(byOperator);
  });

  test.each([
    ...['probe-rate', 'probe-rate-per-node', 'probe-rate-total', 'probe-concurrency'],
    ...['probe-jitter', 'qps'],
  ])('of the number %s', (name) => {
    const { byHelm, byOperator } = judged(name, NUMBERS);
    expect(byHelm).toEqual(byOperator);
  });

  test('of the names of namespaces', () => {
    const { byHelm, byOperator } = judged('exclude-namespaces', LISTS);
    expect(byHelm).toEqual(byOperator);
  });
});

it('has an expression of the numbers between two', () => {
  const number = fc.integer({ min: 0, max: 700_000 });
  fc.assert(
    fc.property(number, number, number, (one, other, asked) => {
      const [from, to] = [Math.min(one, other), Math.max(one, other)];
      const pattern = new RegExp(`^${wholeNumbers(from, to)}$`);
      const near = [from - 1, from, from + 1, to - 1, to, to + 1, asked].filter(
        (each) => each >= 0,
      );
      for (const each of near) expect(pattern.test(String(each))).toBe(each >= from && each <= to);
    }),
  );
});
