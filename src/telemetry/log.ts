import winston from 'winston';
import { visibleJson } from '../domain/text/visible-text.ts';

export type LogLevel = 'error' | 'warn' | 'info' | 'debug';
export const LOG_LEVELS: readonly LogLevel[] = ['error', 'warn', 'info', 'debug'];

/** Where winston keeps the line that a format has made. */
const JSON_LINE = Symbol.for('message');

/** One JSON object a line on stdout: time, level, message in the past tense, and key/value pairs. */
export type Log = winston.Logger;

/** A logger that writes what is at least as severe as `level`. */
export function createLog(level: LogLevel): Log {
  // A reader that has gone, or a full disk, must not stop the operator from keeping policies.
  process.stdout.on('error', () => {});
  return winston.createLogger({
    level,
    format: winston.format.combine(
      winston.format.timestamp(),
      whatIsReadFirst(),
      winston.format.json({ deterministic: false }),
      winston.format.printf((entry) => visibleJson(String(entry[JSON_LINE]))),
    ),
    transports: [new winston.transports.Console()],
  });
}

/** Puts first what every line has, in the order in which people read it. */
const whatIsReadFirst = winston.format((entry) => {
  const { timestamp, level, message, ...rest } = entry;
  return { timestamp, level, message, ...rest };
});

/** An error as a line of text: its message and those of its causes. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error
    ? `${error.message}: ${describeError(error.cause)}`
    : error.message;
}
