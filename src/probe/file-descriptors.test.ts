import { expect, test } from 'vitest';
import { fileDescriptorLimit, openFilesOf } from './file-descriptors.ts';

test('is the soft limit of this process, or none', () => {
  const report = process.report.getReport() as { userLimits: Record<string, { soft: unknown }> };
  const soft = report.userLimits.open_files?.soft;
  expect(fileDescriptorLimit()).toBe(soft === 'unlimited' ? undefined : soft);
});

const HEADER = 'Limit                     Soft Limit           Hard Limit           Units\n';

test.each([
  ['bounded', 'Max open files            1024                 524288               files\n', 1024],
  [
    'unlimited',
    'Max open files            unlimited            unlimited            files\n',
    undefined,
  ],
  [
    'bounded above alone',
    'Max open files            unlimited            524288               files\n',
    undefined,
  ],
  [
    'of another kind',
    'Of Max open files         1024                 524288               files\n',
    undefined,
  ],
  ['not told', '', undefined],
])('a limit that is %s', (_what, line, expected) => {
  const before = 'Max processes             63304                63304                processes\n';
  expect(openFilesOf(HEADER + before + line)).toBe(expected);
});
