import { expect, test } from 'vitest';
import { operatorCommand } from './operator-command.ts';

/** The flags that these words give the operator, which is not started. */
function given(...words: string[]) {
  let flags: Record<string, unknown> = {};
  const command = operatorCommand()
    .exitOverride()
    .configureOutput({ writeErr: () => {} });
  command.action((options) => {
    flags = options;
  });
  command.parse(words, { from: 'user' });
  return flags;
}

test('where nothing is said, the operator takes these, in ms where they are times', () => {
  expect(given()).toEqual({
    watchNamespaces: [],
    healthProbeBindAddress: ':8081',
    metricsBindAddress: ':8443',
    metricsSecure: true,
    canaryPort: 9447,
    probeRate: 300,
    probeRatePerNode: 300,
    probeRateTotal: 0,
    probeConcurrency: 8192,
    probeTimeout: 500,
    probeInterval: 3_600_000,
    probeJitter: 10,
    defaultMode: 'off',
    excludeNamespaces: [
      ...['kube-*', 'openshift-*', 'ovn-kubernetes', 'calico-*', 'tigera-operator'],
      ...['cilium', 'cilium-*', 'antrea-*'],
    ],
    settle: 60_000,
    brakeWindow: 60_000,
    preflightProbe: 10_000,
    relistInterval: 3_600_000,
    qps: 0,
    widening: 'explicit',
    logLevel: 'info',
    logFormat: 'json',
  });
});

test.each<[words: string[], flags: object]>([
  [['--watch-namespaces', 'shop,pay'], { watchNamespaces: ['shop', 'pay'] }],
  [['--exclude-namespaces', ''], { excludeNamespaces: [] }],
  [['--exclude-namespaces', 'kube-*'], { excludeNamespaces: ['kube-*'] }],
  [['--metrics-secure', 'false'], { metricsSecure: false }],
  [['--metrics-cert-path', '/certs'], { metricsCertPath: '/certs' }],
  [['--probe-rate', '0', '--qps', '0'], { probeRate: 0, qps: 0 }],
  [['--probe-jitter', '100'], { probeJitter: 100 }],
  [['--brake-window', '0s', '--preflight-probe', '0s'], { brakeWindow: 0, preflightProbe: 0 }],
  [['--relist-interval', '5m'], { relistInterval: 300_000 }],
  [['--default-mode', 'audit'], { defaultMode: 'audit' }],
  [['--widening', 'never'], { widening: 'never' }],
  [['--log-level', 'debug', '--log-format', 'text'], { logLevel: 'debug', logFormat: 'text' }],
])('%j is understood', (words, flags) => {
  expect(given(...words)).toMatchObject(flags);
});

test.each<[flag: string, value: string, why: RegExp]>([
  ['--namespace', '', /name of a namespace/],
  ['--watch-namespaces', 'Shop', /names of namespaces/],
  ['--watch-namespaces', 'kube-*', /names of namespaces/],
  ['--metrics-secure', 'yes', /true, false/],
  ['--canary-port', '0', /from 1 to 65535/],
  ['--canary-port', '65536', /from 1 to 65535/],
  ['--probe-rate', '-1', /from 0 to 1000000/],
  ['--probe-concurrency', '0', /from 1 to 32768/],
  ['--probe-jitter', '101', /from 0 to 100/],
  ['--probe-timeout', '0s', /a duration/],
  ['--probe-interval', '1x', /a duration/],
  ['--settle', '0s', /a duration/],
  ['--relist-interval', '299s', /300s or more/],
  ['--default-mode', 'on', /audit, enforce, off/],
  ['--widening', 'always', /explicit, never/],
  ['--log-level', 'trace', /error, warn, info, debug/],
  ['--log-format', 'yaml', /json, text/],
])('%s=%s is refused in a line that says why', (flag, value, why) => {
  expect(() => given(`${flag}=${value}`)).toThrow(why);
});
