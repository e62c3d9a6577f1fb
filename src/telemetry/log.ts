import winston from 'winston';
import { visible, visibleJson } from '../domain/text/visible-text.ts';

export type LogLevel = 'error' | 'warn' | 'info' | 'debug';
export const LOG_LEVELS: readonly LogLevel[] = ['error', 'warn', 'info', 'debug'];

export type LogFormat = 'json' | 'text';

/** Where winston keeps the line that a format has made. */
const JSON_LINE = Symbol.for('message');

/** One line on stdout for each: time, level, message in the past tense or a whole sentence, and key/value pairs. */
export type Log = winston.Logger;

/** A logger that writes what is at least as severe as `level`: as JSON for machines, or as text for people. */
export function createLog(level: LogLevel, format: LogFormat = 'json'): Log {
  // A reader that has gone, or a full disk, must not stop the operator from keeping policies.
  process.stdout.on('error', () => {});
  return winston.createLogger({
    level,
    format: winston.format.combine(
      winston.format.timestamp(),
      whatIsReadFirst(),
      format === 'text' ? TEXT : JSON_LINES,
    ),
    transports: [new winston.transports.Console()],
  });
}

const JSON_LINES = winston.format.combine(
  winston.format.json({ deterministic: false }),
  winston.format.printf((entry) => visibleJson(String(entry[JSON_LINE]))),
);

/** `2026-01-02T03:04:05.000Z warn Lost the lease key=value`; a value that is no plain word is in JSON. */
const TEXT = winston.format.printf(({ timestamp, level, message, ...rest }) => {
  const pairs = Object.entries(rest).map(([key, value]) => ` ${key}=${word(value)}`);
  return visible(`${timestamp} ${level} ${message}${pairs.join('')}`);
});

function word(value: unknown): string {
  return typeof value === 'string' && /^[\w./:-]+$/.test(value) ? value : JSON.stringify(value);
}

/** Puts first what every line has, in the order in which people read it. */
const whatIsReadFirst = winston.format((entry) => {
  const { timestamp, level, message, ...rest } = entry;
  return { timestamp, level, message, ...rest };
});

/** An error as a line of text: its message and those of its causes, each once. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { message, cause } = error;
  if (!(cause instanceof Error)) return message;
  const why = describeError(cause);
  return message.endsWith(why) ? message : `${message}: ${why}`;
}
