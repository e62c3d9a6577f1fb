import { expect, test } from 'vitest';
import { serviceAtHost } from './service-host.ts';

test.each([
  'auth.bank',
  'auth.bank.svc',
  'AUTH.Bank.svc',
  'auth.bank.svc.cluster.local',
  'auth.bank.svc.cluster.local.',
  'auth.bank.svc.corp.example',
  'auth-0.auth.bank.svc',
  'auth-0.auth.bank.svc.cluster.local',
])('%s is a Service, whoever looks it up', (host) => {
  expect(serviceAtHost(host)).toEqual({ namespace: 'bank', name: 'auth' });
});

test.each([
  '',
  'auth',
  'auth.',
  '.bank',
  'auth.bank.',
  'auth.bank.example',
  'auth.bank.svc.',
  'a.b.auth.bank.svc',
  '10.0.0.1',
  'svc',
])('%j is none, or nobody knows of which namespace', (host) => {
  expect(serviceAtHost(host)).toBeUndefined();
});
