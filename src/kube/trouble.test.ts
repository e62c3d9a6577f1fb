import { expect, it } from 'vitest';
import { ApiError } from './errors.ts';
import { Trouble } from './trouble.ts';

function failure(reason: string): ApiError {
  return new ApiError({ method: 'GET', path: '/' }, { status: 500, reason, message: 'm' });
}

it('tells every new reason once, and the recovery once', () => {
  const told: string[] = [];
  const trouble = new Trouble({
    onTrouble: (error) => told.push((error as ApiError).reason),
    onRecovered: () => told.push('recovered'),
  });
  trouble.clear();
  for (const reason of ['Forbidden', 'Forbidden', 'Timeout', 'Timeout', 'Forbidden']) {
    trouble.report(failure(reason));
  }
  trouble.clear();
  trouble.clear();
  trouble.report(failure('Forbidden'));
  expect(told).toEqual(['Forbidden', 'Timeout', 'Forbidden', 'recovered', 'Forbidden']);
});
