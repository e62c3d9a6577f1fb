import { Writable } from 'node:stream';
import winston from 'winston';
import type { Log } from '../telemetry/log.ts';

/** A line of the log: `info: Started leading`, and what was said with it. */
export interface LogLine {
  line: string;
  [field: string]: unknown;
}

/** A log that keeps its lines, down to debug. */
export function recordedLog(): { log: Log; lines: LogLine[] } {
  const lines: LogLine[] = [];
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      const { level, message, ...fields } = JSON.parse(chunk.toString());
      lines.push({ line: `${level}: ${message}`, ...fields });
      done();
    },
  });
  const transports = [new winston.transports.Stream({ stream })];
  return { log: winston.createLogger({ level: 'debug', transports }), lines };
}
