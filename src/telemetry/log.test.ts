import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import winston from 'winston';
import { createLog, describeError, type Log, type LogFormat, type LogLevel } from './log.ts';

test('a line of the log is JSON that is read back as it was, and shows nothing that a terminal acts on', () => {
  const error = 'denied: \u001b]0;owned\u0007\u009b31m\u202e\nagain';
  const lines = linesOf((log) => log.error('Could not reconcile', { error }));
  expect(lines.map((line) => line.match(/\\u[0-9a-f]{4}|\\n/g))).toEqual([
    ['\\u001b', '\\u0007', '\\u009b', '\\u202e', '\\n'],
  ]);
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { level: 'error', message: 'Could not reconcile', error },
  ]);
});

test('a line begins with the time, the level and the message, and the rest follows in the order in which it was given', () => {
  const [line = ''] = linesOf((log) =>
    log.error('Swept', { seconds: 3, at: { node: 'b', ip: 'a' } }),
  );
  expect(line).toMatch(
    /^\{"timestamp":"[^"]+","level":"error","message":"Swept","seconds":3,"at":\{"node":"b","ip":"a"\}\}\s*$/,
  );
});

test('a line of text begins in the same way, and is one line whatever it holds', () => {
  const [line = '', ...others] = linesOf(
    (log) =>
      log.error('Swept web\n\u001b[31m', {
        seconds: 3,
        pod: 'shop/web-1',
        error: 'it is "away"\n\u202e',
        at: { node: 'b' },
      }),
    'text',
  );
  expect(others).toEqual([]);
  expect(line).toMatch(
    /^\d{4}-\d\d-\d\dT[\d:.]+Z error Swept web\\n\\x1b\[31m seconds=3 pod=shop\/web-1 error="it is \\"away\\"\\n\\u202e" at=\{"node":"b"\}\s*$/,
  );
});

test.each<[LogLevel, string[]]>([
  ['error', ['error']],
  ['warn', ['error', 'warn']],
  ['info', ['error', 'warn', 'info']],
  ['debug', ['error', 'warn', 'info', 'debug']],
])('at level %s these are written: %j', (level, written) => {
  const lines = linesOf(
    (log) => {
      for (const each of ['error', 'warn', 'info', 'debug'] as const) log[each]('Said');
    },
    'json',
    level,
  );
  expect(lines.map((line) => JSON.parse(line).level)).toEqual(written);
});

test.each<[value: unknown, word: string]>([
  ['shop/web-1', 'shop/web-1'],
  ['10.0.0.1:80', '10.0.0.1:80'],
  ['', '""'],
  ['two words', '"two words"'],
  ['a="b"', String.raw`"a=\"b\""`],
  [3, '3'],
  [true, 'true'],
  [null, 'null'],
  [['a'], '["a"]'],
])('in text %j is written as %s', (value, word) => {
  const [line] = linesOf((log) => log.error('Said', { value }), 'text');
  expect(line?.trimEnd().endsWith(` error Said value=${word}`)).toBe(true);
});

test('a reader of stdout that has gone away stops nothing', () => {
  createLog('info');
  expect(() => process.stdout.emit('error', new Error('write EPIPE'))).not.toThrow();
});

test.each<[what: string, error: unknown, text: string]>([
  ['an error', new Error('away'), 'away'],
  [
    'one with causes',
    new Error('a', { cause: new Error('b', { cause: new Error('c') }) }),
    'a: b: c',
  ],
  ['one whose cause is none', new Error('a', { cause: 'b' }), 'a'],
  ['a text', 'thrown', 'thrown'],
  [
    'one that repeats its cause',
    new Error('asked in vain: refused', { cause: new Error('refused') }),
    'asked in vain: refused',
  ],
  ['nothing', undefined, 'undefined'],
])('%s is described in a line', (_what, error, text) => {
  expect(describeError(error)).toBe(text);
});

function linesOf(
  write: (log: Log) => void,
  format: LogFormat = 'json',
  level: LogLevel = 'error',
): string[] {
  const lines: string[] = [];
  const stream = new Writable({
    write: (chunk, _encoding, done) => {
      lines.push(String(chunk));
      done();
    },
  });
  const log = createLog(level, format);
  log.clear().add(new winston.transports.Stream({ stream }));
  write(log);
  return lines;
}
