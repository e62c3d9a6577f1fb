import { describe, expect, it } from 'vitest';

import { countSteps, formatProgress, type Progress } from './progress.ts';

describe('the steps of a start', () => {
  it('are told with their number, and what is said while they run', async () => {
    const told: Progress[] = [];
    const step = countSteps(2, (progress) => told.push(progress), undefined);
    expect(await step('first', async () => 7)).toBe(7);
    await step('second', async (say) => say('second, half done'));
    expect(told.map(({ step, steps, message }) => `${step}/${steps} ${message}`)).toEqual([
      '1/2 first',
      '2/2 second',
      '2/2 second, half done',
    ]);
  });

  it('do not begin once the signal is aborted', async () => {
    const step = countSteps(1, () => {}, AbortSignal.abort(new Error('enough')));
    const begun = step('first', () => Promise.reject(new Error('begun')));
    await expect(begun).rejects.toThrow('enough');
  });
});

describe('a line of progress', () => {
  it('begins with the time', () => {
    const progress = { step: 2, steps: 7, message: 'building', elapsedSeconds: 61.6 };
    expect(formatProgress(progress)).toBe('  62 s  2/7  building');
  });
});
