import { expect, test } from 'vitest';
import { fileDescriptorLimit } from './file-descriptors.ts';

test('is the soft limit of this process, or none', () => {
  const report = process.report.getReport() as { userLimits: Record<string, { soft: unknown }> };
  const soft = report.userLimits.open_files?.soft;
  expect(fileDescriptorLimit()).toBe(soft === 'unlimited' ? undefined : soft);
});
