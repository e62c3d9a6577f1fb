import { expect, test } from 'vitest';
import {
  projectImages,
  projectRunningContainers,
  sharesProcesses,
} from './container-projection.ts';

const running = { running: { startedAt: '2026-01-02T03:04:05Z' } };

test('the containers of a pod that run, and what their environment may do to Node', () => {
  const wire = {
    spec: {
      containers: [
        { name: 'app', env: [{ name: 'PORT', value: '8080' }] },
        { name: 'traced', env: [{ name: 'NODE_OPTIONS', value: '--require ./tracer' }] },
        { name: 'configured', envFrom: [{ configMapRef: { name: 'settings' } }] },
        { name: 'crashed' },
        { name: 'small', env: [{ name: 'NODE_OPTIONS', value: '--max-old-space-size=64' }] },
        { name: 'told', env: [{ name: 'NODE_OPTIONS', valueFrom: { fieldRef: {} } }] },
      ],
      initContainers: [{ name: 'setup' }, { name: 'proxy', restartPolicy: 'Always' }],
      ephemeralContainers: [{ name: 'debugger-1' }],
    },
    status: {
      // The kubelet sorts them by name.
      containerStatuses: [
        { name: 'app', state: running },
        { name: 'configured', state: running },
        { name: 'crashed', state: { waiting: { reason: 'CrashLoopBackOff' } } },
        { name: 'small', state: running },
        { name: 'told', state: running },
        { name: 'traced', state: running },
      ],
      initContainerStatuses: [
        { name: 'setup', state: { terminated: { exitCode: 0 } } },
        { name: 'proxy', state: running },
      ],
      ephemeralContainerStatuses: [{ name: 'debugger-1', state: running }],
    },
  };
  expect(projectRunningContainers(wire)).toEqual([
    { name: 'app', mayChangeNode: false },
    { name: 'traced', mayChangeNode: true },
    { name: 'configured', mayChangeNode: true },
    { name: 'small', mayChangeNode: false },
    { name: 'told', mayChangeNode: true },
    { name: 'proxy', mayChangeNode: false },
    { name: 'debugger-1', mayChangeNode: false },
  ]);
  expect(projectRunningContainers({})).toEqual([]);
});

test('whether the processes of a pod can be told apart', () => {
  expect(sharesProcesses({ spec: { containers: [] } })).toBe(false);
  expect(sharesProcesses({ spec: { shareProcessNamespace: true } })).toBe(true);
  expect(sharesProcesses({ spec: { hostPID: true } })).toBe(true);
});

test.each([
  ['', false],
  [' ', false],
  ['--max-old-space-size=4096', false],
  ['--max-old-space-size=4096  --max-semi-space-size=16 ', false],
  ['--max-old-space-size=4096 --require ./tracer', true],
  ['--require ./tracer --max-old-space-size=4096', true],
  ['--max-http-header-size=x', true],
])('options of %j may make Node load more: %s', (value, mayChangeNode) => {
  const env = [{ name: 'NODE_OPTIONS', value }];
  const wire = {
    spec: { containers: [{ name: 'app', env }] },
    status: { containerStatuses: [{ name: 'app', state: running }] },
  };
  expect(projectRunningContainers(wire)).toEqual([{ name: 'app', mayChangeNode }]);
});

test('the images of a pod are those of its containers of every sort', () => {
  const spec = {
    containers: [{ name: 'app', image: 'app:1' }],
    initContainers: [{ name: 'proxy', image: 'proxy:2' }],
    ephemeralContainers: [{ name: 'debugger-1', image: 'busybox' }],
  };
  expect([...projectImages({ spec })]).toEqual([
    ['app', 'app:1'],
    ['proxy', 'proxy:2'],
    ['debugger-1', 'busybox'],
  ]);
});
