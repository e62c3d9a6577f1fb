import { expect, it } from 'vitest';
import { ApiError } from './errors.ts';
import { Outage } from './outage.ts';

function failure(reason: string): ApiError {
  return new ApiError({ method: 'GET', path: '/' }, { status: 500, reason, message: 'm' });
}

it('tells every new reason once, and the recovery once', () => {
  const told: string[] = [];
  const outage = new Outage({
    onOutage: (error) => told.push((error as ApiError).reason),
    onRecovered: () => told.push('recovered'),
  });
  outage.clear();
  for (const reason of ['Forbidden', 'Forbidden', 'Timeout', 'Timeout', 'Forbidden']) {
    outage.report(failure(reason));
  }
  outage.clear();
  outage.clear();
  outage.report(failure('Forbidden'));
  expect(told).toEqual(['Forbidden', 'Timeout', 'Forbidden', 'recovered', 'Forbidden']);
});

it('tells of what is no error, and needs nobody who listens', () => {
  const told: unknown[] = [];
  const outage = new Outage({ onOutage: (error) => told.push(error) });
  outage.report(null);
  outage.report(null);
  outage.report('text');
  expect(told).toEqual([null, 'text']);
  outage.clear();
  const unheard = new Outage({});
  expect(() => unheard.report(new Error('m'))).not.toThrow();
  expect(() => unheard.clear()).not.toThrow();
});
