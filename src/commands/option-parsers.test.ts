import { describe, expect, it } from 'vitest';
import {
  durationOption,
  folderName,
  integer,
  namePatterns,
  names,
  namespaceName,
  oneOf,
  portList,
  trueOrFalse,
} from './option-parsers.ts';

const HOUR = 3_600_000;
const refusal = (message: string) =>
  expect.objectContaining({ name: 'InvalidArgumentError', message });

describe('a whole number', () => {
  const parse = integer(10, 200);

  it.each([
    ['10', 10],
    ['200', 200],
    ['0042', 42],
  ])('%s is %i', (text, number) => {
    expect(parse(text)).toBe(number);
  });

  it.each(['9', '201', '', ' 12', '12 ', '1e2', '0x20', '12.0', '-12', '١٢', 'NaN'])(
    '%j is refused',
    (text) => {
      const message = 'must be a whole number from 10 to 200.';
      expect(() => parse(text)).toThrow(refusal(message));
    },
  );
});

describe('the name of a namespace', () => {
  it.each(['shop', 'a', 'shop-2', '0', 'a'.repeat(63)])('%j is one', (text) => {
    expect(namespaceName(text)).toBe(text);
  });

  it.each(['', ' ', 'Shop', '-a', 'a-', 'a.b', 'a/b', '..', 'a,b', 'a\n', 'a'.repeat(64)])(
    '%j is refused',
    (text) => {
      const message = 'must be the name of a namespace, such as shop.';
      expect(() => namespaceName(text)).toThrow(refusal(message));
    },
  );
});

describe('the name of a folder', () => {
  it('is any text', () => {
    expect(folderName('a b')).toBe('a b');
  });

  it('and not none', () => {
    expect(() => folderName('')).toThrow(refusal('must be the name of a folder.'));
  });
});

describe('a list of ports', () => {
  it.each([
    ['80', [80]],
    ['443,80-82', [80, 81, 82, 443]],
    ['all', 'all'],
  ])('%j is %j', (text, ports) => {
    const parsed = portList(text);
    expect(parsed === 'all' ? parsed : parsed.toSorted((a, b) => a - b)).toEqual(ports);
  });

  it.each(['', '0', '65536', '90-80', 'http'])('%j is refused in a sentence', (text) => {
    expect(() => portList(text)).toThrow(refusal(expect.stringMatching(/\.$/) as never));
  });
});

describe('true or false', () => {
  it.each([
    ['true', true],
    ['false', false],
  ])('%s', (text, value) => {
    expect(trueOrFalse(text)).toBe(value);
  });

  it.each(['True', 'yes', '1', ''])('%j is refused', (text) => {
    expect(() => trueOrFalse(text)).toThrow(refusal('must be true, false.'));
  });
});

describe('names of namespaces', () => {
  it.each([
    ['', []],
    ['shop', ['shop']],
    ['shop, pay-2', ['shop', 'pay-2']],
  ])('%j are %j', (text, expected) => {
    expect(names(text)).toEqual(expected);
  });

  it.each(['shop,', ',', 'Shop', 'a/b', '-a', 'a-', 'a'.repeat(64), '*'])(
    '%j is refused',
    (text) => {
      expect(() => names(text)).toThrow('must be names of namespaces by commas');
    },
  );
});

describe('patterns of names', () => {
  it.each(['*', 'kube-*', '*-system', 'a*b', 'shop'])('%j is one', (text) => {
    expect(namePatterns(text)).toEqual([text]);
  });

  it.each(['kube_*', 'A*', '?', '-*'])('%j is refused', (text) => {
    expect(() => namePatterns(text)).toThrow('such as kube-*,shop');
  });
});

describe('a duration', () => {
  const option = durationOption('--wait <duration>', 'how long to wait', '5m', 500);
  const parse = (text: string) => option.parseArg?.(text, undefined as never);

  it('has a default that is shown as it would be written', () => {
    expect(option).toMatchObject({
      flags: '--wait <duration>',
      description: 'how long to wait',
      defaultValue: 300_000,
      defaultValueDescription: '5m',
    });
  });

  it.each([
    ['500ms', 500],
    ['60s', 60_000],
    ['5m', 300_000],
    ['1h', HOUR],
    ['168h', 7 * 24 * HOUR],
  ])('%s is %i ms', (text, milliseconds) => {
    expect(parse(text)).toBe(milliseconds);
  });

  it('of less than the least is refused with what that is', () => {
    expect(() => parse('499ms')).toThrow(refusal('must be 0.5s or more.'));
  });

  it.each([
    '169h',
    '604800001ms',
    '0s',
    '',
    '5',
    'm',
    '5 m',
    '5m ',
    'x5m',
    '1.5h',
    '-5m',
    '5d',
    '1234567890ms',
  ])('%j is refused', (text) => {
    const message = 'must be a duration such as 500ms, 60s, 5m or 1h.';
    expect(() => parse(text)).toThrow(refusal(message));
  });

  it('is a millisecond at least where nothing else is said, and may be none by default', () => {
    const other = durationOption('--wait <duration>', '', '0s');
    expect(other.defaultValue).toBe(0);
    expect(other.parseArg?.('1ms', undefined as never)).toBe(1);
    expect(() => other.parseArg?.('0ms', undefined as never)).toThrow('must be a duration');
  });
});

describe('one of a few words', () => {
  const parse = oneOf(['table', 'json']);

  it('is taken as it is', () => {
    expect(parse('json')).toBe('json');
  });

  it.each(['JSON', '', 'table, json'])('%j is refused', (text) => {
    expect(() => parse(text)).toThrow(refusal('must be table, json.'));
  });
});
