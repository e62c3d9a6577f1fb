import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import winston from 'winston';
import { createLog } from './log.ts';

test('a line of the log is JSON that is read back as it was, and shows nothing that a terminal acts on', () => {
  const lines: string[] = [];
  const stream = new Writable({
    write: (chunk, _encoding, done) => {
      lines.push(String(chunk));
      done();
    },
  });
  const log = createLog('error');
  log.clear().add(new winston.transports.Stream({ stream }));
  const error = 'denied: \u001b]0;owned\u0007\u009b31m\u202e\nagain';
  log.error('Could not reconcile', { error });
  expect(lines.map((line) => line.match(/\\u[0-9a-f]{4}|\\n/g))).toEqual([
    ['\\u001b', '\\u0007', '\\u009b', '\\u202e', '\\n'],
  ]);
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { level: 'error', message: 'Could not reconcile', error },
  ]);
});
