import { InvalidArgumentError, Option } from 'commander';
import { type PortList, parsePortList } from '../domain/exposure/port-list.ts';

/** Parsers of option values that several commands have; each throws what the command line shows in one line. */

/** A whole number from `lowest` to `highest`. */
export function integer(lowest: number, highest: number): (value: string) => number {
  return (value) => {
    const number = Number(value);
    if (!/^\d+$/.test(value) || number < lowest || number > highest)
      throw new InvalidArgumentError(`must be a whole number from ${lowest} to ${highest}.`);
    return number;
  };
}

/**
 * An option whose default is shown as it would be written.
 * @param least in milliseconds
 */
export function durationOption(
  flags: string,
  description: string,
  fallback: string,
  least = 1,
): Option {
  const parse = (value: string) => duration(value, least);
  return new Option(flags, description).default(duration(fallback, 0), fallback).argParser(parse);
}

/** `500ms`, `60s`, `5m`, `1h`, in milliseconds; at most a week. */
function duration(value: string, least: number): number {
  const match = /^(\d{1,9})(ms|s|m|h)$/.exec(value);
  const unit = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }[match?.[2] ?? ''];
  const milliseconds = Number(match?.[1]) * (unit ?? Number.NaN);
  if (milliseconds > 0 && milliseconds < least)
    throw new InvalidArgumentError(`must be ${least / 1000}s or more.`);
  if (!(milliseconds >= least && milliseconds <= 7 * 24 * 3_600_000))
    throw new InvalidArgumentError('must be a duration such as 500ms, 60s, 5m or 1h.');
  return milliseconds;
}

/** A DNS label (RFC 1123), as names of namespaces are. */
const LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const LONGEST_LABEL = 63;

/** One name of a namespace. An empty one is a variable of a script that is not set. */
export function namespaceName(value: string): string {
  if (value.length > LONGEST_LABEL || !LABEL.test(value))
    throw new InvalidArgumentError('must be the name of a namespace, such as shop.');
  return value;
}

/** A folder to write to. An empty name would be the one that the user is in. */
export function folderName(value: string): string {
  if (value === '') throw new InvalidArgumentError('must be the name of a folder.');
  return value;
}

/** Names of namespaces, by commas; none where the text is empty. */
export function names(value: string): string[] {
  return listed(value, LABEL, 'shop,pay');
}

/** The same, in which `*` stands for any characters. */
export function namePatterns(value: string): string[] {
  return listed(value, /^[a-z0-9*]([-a-z0-9*]*[a-z0-9*])?$/, 'kube-*,shop');
}

function listed(value: string, pattern: RegExp, example: string): string[] {
  const all = value === '' ? [] : value.split(',').map((name) => name.trim());
  const wrong = all.find((name) => name.length > LONGEST_LABEL || !pattern.test(name));
  if (wrong !== undefined)
    throw new InvalidArgumentError(
      `must be names of namespaces by commas, such as ${example}; "${wrong}" is none.`,
    );
  return all;
}

/** TCP ports: `all`, or `8080,9000-9100`. */
export function portList(text: string): PortList {
  try {
    return parsePortList(text);
  } catch (error) {
    throw new InvalidArgumentError(`${(error as Error).message}.`);
  }
}

/** One of a few words. */
export function oneOf(allowed: readonly string[]): (value: string) => string {
  return (value) => {
    if (!allowed.includes(value)) throw new InvalidArgumentError(`must be ${allowed.join(', ')}.`);
    return value;
  };
}

export function trueOrFalse(value: string): boolean {
  return oneOf(['true', 'false'])(value) === 'true';
}
