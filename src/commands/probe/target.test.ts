import { describe, expect, test } from 'vitest';
import { parseTarget } from './target.ts';

describe('TARGET', () => {
  test.each([
    ['web-1', { kind: 'pod', name: 'web-1' }],
    ['pod/web-1', { kind: 'pod', name: 'web-1' }],
    ['pods/web.1', { kind: 'pod', name: 'web.1' }],
    ['po/10.0.0.1', { kind: 'pod', name: '10.0.0.1' }],
    ['deployment/web', { kind: 'workload', of: 'Deployment', name: 'web' }],
    ['deploy/web', { kind: 'workload', of: 'Deployment', name: 'web' }],
    ['Deployment/web', { kind: 'workload', of: 'Deployment', name: 'web' }],
    ['deployments.apps/web', { kind: 'workload', of: 'Deployment', name: 'web' }],
    ['deployment.v1.apps/web', { kind: 'workload', of: 'Deployment', name: 'web' }],
    ['deployments/web', { kind: 'workload', of: 'Deployment', name: 'web' }],
    ['statefulset/db', { kind: 'workload', of: 'StatefulSet', name: 'db' }],
    ['statefulsets/db', { kind: 'workload', of: 'StatefulSet', name: 'db' }],
    ['daemonset/agent', { kind: 'workload', of: 'DaemonSet', name: 'agent' }],
    ['daemonsets/agent', { kind: 'workload', of: 'DaemonSet', name: 'agent' }],
    [`pod/${'a'.repeat(253)}`, { kind: 'pod', name: 'a'.repeat(253) }],
    ['1.2.3', { kind: 'pod', name: '1.2.3' }],
    ['a', { kind: 'pod', name: 'a' }],
    ['sts/db', { kind: 'workload', of: 'StatefulSet', name: 'db' }],
    ['statefulset.apps/db', { kind: 'workload', of: 'StatefulSet', name: 'db' }],
    ['ds/agent', { kind: 'workload', of: 'DaemonSet', name: 'agent' }],
    ['rs/web', { kind: 'workload', of: 'ReplicaSet', name: 'web' }],
    ['replicasets.v1.apps/web', { kind: 'workload', of: 'ReplicaSet', name: 'web' }],
    ['job.batch/migrate', { kind: 'workload', of: 'Job', name: 'migrate' }],
    ['jobs/migrate', { kind: 'workload', of: 'Job', name: 'migrate' }],
    ['cj/nightly', { kind: 'workload', of: 'CronJob', name: 'nightly' }],
    ['cronjob.v1.batch/nightly', { kind: 'workload', of: 'CronJob', name: 'nightly' }],
    ['rollouts.argoproj.io/web', { kind: 'workload', of: 'Rollout', name: 'web' }],
    ['rollout.v1alpha1.argoproj.io/web', { kind: 'workload', of: 'Rollout', name: 'web' }],
    ['10.0.0.1', { kind: 'address', address: '10.0.0.1' }],
    ['fd00::0001', { kind: 'address', address: 'fd00::1' }],
    ['10.0.0.2/31', { kind: 'range', cidr: '10.0.0.2/31', addresses: ['10.0.0.2', '10.0.0.3'] }],
    [
      '255.255.255.254/31',
      { kind: 'range', cidr: '255.255.255.254/31', addresses: ['255.255.255.254'] },
    ],
  ])('%s', (text, expected) => {
    expect(parseTarget(text)).toEqual(expected);
  });

  test.each([
    ['service/web', /cannot probe "service\/web": it must be pod\/NAME, deployment\/NAME/],
    ['constructor/web', /it must be pod\/NAME/],
    ['deployment/web/x', /it must be pod\/NAME/],
    ['deployment/', /it is no name and no IP address/],
    ['/web', /it must be pod\/NAME/],
    ['Web', /it is no name/],
    ['web-', /it is no name/],
    ['-web', /it is no name/],
    ['web_1', /it is no name/],
    ['a'.repeat(254), /cannot probe "a{80}": it is no name/],
    ['deployment.apps.x/web', /it must be pod\/NAME/],
    ['rollout.argoprojxio/web', /it must be pod\/NAME/],
    ['x.appsdeployment/web', /it must be pod\/NAME/],
    ['a \n b', /cannot probe "a b": it is no name/],
    ['', /it is no name/],
    ['10.244.0.300', /cannot probe "10\.244\.0\.300": "10\.244\.0\.300" is not a valid IP address/],
    ['999.0.0.1/24', /"999\.0\.0\.1" is not a valid IP address/],
    ['010.0.0.1', /not a valid IP address/],
    ['fd00::g', /it is no name/],
    ['fd00:::1', /not a valid IP address/],
    ['fe80::1%eth0', /not a valid IP address/],
    ['10.0.0.0/8', /10\.0\.0\.0\/8 has 16,777,216 addresses: at most 1,024 \(\/22\)/],
    ['10.0.0.0/33', /is no address range/],
    ['0.0.0.0', /is not the address of a host/],
    ['224.0.0.0/30', /224\.0\.0\.0\/30 has no address of a host/],
    ['224.0.0.1', /is not the address of a host/],
    ['a\nb', /cannot probe "a b"/],
  ])('%j is refused', (text, message) => {
    expect(() => parseTarget(text)).toThrow(message);
    expect(() => parseTarget(text)).toThrow(expect.objectContaining({ name: 'CommandError' }));
  });
});
