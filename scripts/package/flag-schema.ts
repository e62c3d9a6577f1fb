import type { Option } from 'commander';

/** Where every flag of the operator refuses a number, whatever it is about. */
const TOO_GREAT = 1_000_000_000;
const UNITS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
/** For people, whom Helm shows the expression that a value does not match. */
const DURATION = '^[0-9]{1,9}(ms|s|m|h)$';
const NAME_PATTERN = '[a-z0-9*]([-a-z0-9*]{0,61}[a-z0-9*])?';

/** What of a value the flag takes, as JSON schema: no more, and no less, than its own parser. */
export function flagSchema(flag: Option): object {
  const { description, defaultValue } = flag;
  if (Array.isArray(defaultValue)) {
    const pattern = `^$|^ *${NAME_PATTERN} *(, *${NAME_PATTERN} *)*$`;
    return { description, type: 'string', maxLength: 4096, pattern };
  }
  if (flag.defaultValueDescription !== undefined) {
    const exact = { pattern: durations(bounds(flag, 'ms')) };
    return { description, type: 'string', pattern: DURATION, allOf: [exact] };
  }
  if (typeof defaultValue === 'number') {
    const [minimum, maximum] = bounds(flag, '');
    return { description, type: 'integer', minimum, maximum };
  }
  return { description, enum: allowed(flag) };
}

type Bounds = readonly [least: number, greatest: number];

/** The parser is asked, as nothing else knows them: it takes the default, and what is between its bounds. */
function bounds(flag: Option, unit: string): Bounds {
  const last = (outside: number) => {
    let [taken, refused] = [flag.defaultValue as number, outside];
    while (Math.abs(taken - refused) > 1) {
      const middle = Math.floor((taken + refused) / 2);
      if (takes(flag, `${middle}${unit}`)) taken = middle;
      else refused = middle;
    }
    return taken;
  };
  return [last(-1), last(TOO_GREAT)];
}

function takes(flag: Option, text: string): boolean {
  try {
    flag.parseArg?.(text, undefined);
    return true;
  } catch {
    return false;
  }
}

/** In each unit the numbers that are within the bounds, in ms. */
function durations([least, greatest]: Bounds): string {
  const units = Object.entries(UNITS).map(([unit, length]) => {
    const numbers = wholeNumbers(Math.ceil(least / length), Math.floor(greatest / length));
    return `${numbers}${unit}`;
  });
  return `^(${units.join('|')})$`;
}

/** A regular expression of the numbers from one to another, neither of them with zeros in front. */
export function wholeNumbers(from: number, to: number): string {
  const parts: string[] = [];
  // Lengths of which all numbers are among them, in digits.
  const whole: number[] = [];
  for (let digits = String(from).length; digits <= String(to).length; digits += 1) {
    const least = digits === 1 ? 0 : 10 ** (digits - 1);
    const low = Math.max(from, least);
    const high = Math.min(to, 10 ** digits - 1);
    if (low === least && digits > 1 && high === 10 ** digits - 1) whole.push(digits);
    else parts.push(ofOneLength(String(low), String(high)));
  }
  const [shortest] = whole;
  if (shortest !== undefined)
    parts.push(`[1-9][0-9]{${shortest - 1},${shortest + whole.length - 2}}`);
  return `(${parts.join('|')})`;
}

function ofOneLength(low: string, high: string): string {
  const [first = '', last = ''] = [low[0], high[0]];
  const rest = low.length - 1;
  if (rest === 0) return digit(first, last);
  const isLeast = /^.0*$/.test(low);
  const isGreatest = /^.9*$/.test(high);
  if (first === last && !(isLeast && isGreatest))
    return first + ofOneLength(low.slice(1), high.slice(1));
  const from = Number(first) + (isLeast ? 0 : 1);
  const to = Number(last) - (isGreatest ? 0 : 1);
  const parts = [
    ...(isLeast ? [] : [first + ofOneLength(low.slice(1), '9'.repeat(rest))]),
    ...(from <= to ? [`${digit(String(from), String(to))}[0-9]{${rest}}`] : []),
    ...(isGreatest ? [] : [last + ofOneLength('0'.repeat(rest), high.slice(1))]),
  ];
  return parts.length > 1 ? `(${parts.join('|')})` : parts.join('');
}

function digit(first: string, last: string): string {
  return first === last ? first : `[${first}-${last}]`;
}

/** The words that the flag's own parser accepts, out of what it says to one that it does not. */
function allowed(flag: Option): string[] {
  try {
    flag.parseArg?.('?', undefined);
  } catch (error) {
    const [, words] = /^must be (.*)\.$/.exec((error as Error).message) ?? [];
    if (words !== undefined) return words.split(', ');
  }
  throw new Error(`cannot tell what --${flag.name()} accepts`);
}
