import { describe, expect, it } from 'vitest';
import { listening, type Manifest, silentCuts } from './silent-cuts.ts';

const NOTHING = { allowed: new Set<number>(), told: new Set<number>() };

function etcd(container: object, replicas = 1): Manifest {
  return {
    kind: 'StatefulSet',
    metadata: { name: 'etcd', namespace: 'db' },
    spec: {
      replicas,
      template: {
        metadata: { labels: { app: 'etcd' } },
        spec: {
          containers: [{ image: 'registry.example/etcd:v3', ...container }],
          volumes: [{ configMap: { name: 'settings' } }],
        },
      },
    },
  };
}

function service(spec: object): Manifest {
  return {
    kind: 'Service',
    metadata: { name: 'etcd', namespace: 'db', annotations: {} },
    spec: { selector: { app: 'etcd' }, ...spec },
  };
}

function client(url: string, namespace = 'db'): Manifest {
  return {
    kind: 'Deployment',
    metadata: { name: 'client', namespace },
    spec: { template: { spec: { containers: [{ args: [`--server=${url}`] }] } } },
  };
}

describe('what a policy would close without a word', () => {
  it.each([
    ['the Service', 'http://etcd:2380', 'db', [2380]],
    ['a pod of it', 'http://etcd-0.etcd.db.svc.cluster.local:2380', 'shop', [2380]],
    ['its name in another namespace', 'http://etcd:2380', 'shop', []],
    ['a name that ends alike', 'http://my-etcd:2380', 'db', []],
  ])('is a port that a text names with %s', (_, url, namespace, ports) => {
    const objects = [service({ clusterIP: 'None' }), client(url, namespace)];
    const found = silentCuts(etcd({}), objects, NOTHING);
    expect(found.map(({ port }) => port)).toEqual(ports);
  });

  it('is the port behind the one that a Service has', () => {
    const objects = [service({ ports: [{ port: 80, targetPort: 2379 }] }), client('etcd:80')];
    expect(silentCuts(etcd({}), objects, NOTHING)).toEqual([
      { port: 2379, because: 'Deployment client names etcd:80' },
    ]);
  });

  it.each([
    ['a number that the Service does not have', 'http://etcd:2380'],
    ['a name below one that is no name of pods', 'http://etcd-0.etcd:80'],
  ])('is not %s', (_, url) => {
    const objects = [service({ ports: [{ port: 80, targetPort: 2379 }] }), client(url)];
    expect(silentCuts(etcd({}), objects, NOTHING)).toEqual([]);
  });

  it('is no tag of an image', () => {
    const other = client('');
    other.spec = { template: { spec: { containers: [{ image: 'example/etcd:12' }] } } };
    expect(silentCuts(etcd({}), [service({ clusterIP: 'None' }), other], NOTHING)).toEqual([]);
  });

  it('is what replicas of a known program use among themselves', () => {
    expect(silentCuts(etcd({}, 3), [], NOTHING)).toEqual([
      { port: 2380, because: '3 replicas of etcd' },
    ]);
    expect(silentCuts(etcd({}, 1), [], NOTHING)).toEqual([]);
  });

  it('is what an annotation on the way names', () => {
    const described = service({});
    described.metadata = {
      ...described.metadata,
      annotations: { 'lb.example/healthcheck-port': '8081', 'lb.example/port-name': '80' },
    };
    expect(silentCuts(etcd({}), [described], NOTHING)).toEqual([
      { port: 8081, because: 'annotation lb.example/healthcheck-port' },
    ]);
  });

  it('is nothing that is allowed or told', () => {
    const known = { allowed: new Set([2380]), told: new Set<number>() };
    expect(silentCuts(etcd({}, 3), [], known)).toEqual([]);
    expect(
      silentCuts(etcd({}, 3), [], { allowed: new Set<number>(), told: new Set([2380]) }),
    ).toEqual([]);
  });
});

describe('what a workload listens on', () => {
  const settings = {
    kind: 'ConfigMap',
    metadata: { name: 'settings' },
    data: { 'a.conf': 'timeout 30\nlisten 0.0.0.0:9000;\nserver_port: 9100' },
  };

  it.each([
    ['an argument', { args: ['--metrics-addr=:8080'] }, 8080],
    ['an argument and its value', { command: ['run', '--port', '8082'] }, 8082],
    ['the environment', { env: [{ name: 'PORT', value: '8083' }] }, 8083],
  ])('is in %s, and what the image is known for', (_, container, port) => {
    expect(listening(etcd(container), [])).toEqual([2379, port]);
  });

  it('is in the configuration that it mounts', () => {
    expect(listening(etcd({}), [settings])).toEqual([2379, 9000, 9100]);
  });

  it('is no number that is not a port', () => {
    expect(listening(etcd({ args: ['--port=70000', '--timeout=30'] }), [])).toEqual([2379]);
  });
});
