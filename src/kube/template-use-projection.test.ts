import { expect, test } from 'vitest';
import { projectTemplateUse } from './template-use-projection.ts';

/** What is said to use ports by a template with this one container. */
function handlersOf(container: object) {
  return projectTemplateUse({ spec: { containers: [{ name: 'app', ...container }] } }).handlers;
}

test.each([
  ['livenessProbe', 'livenessProbe'],
  ['readinessProbe', 'readinessProbe'],
  ['startupProbe', 'startupProbe'],
])('a %s asks a port by HTTP, TCP or gRPC', (field, handler) => {
  const onPort = (probe: object) => handlersOf({ [field]: probe });
  const told = (port: number | string, host = '') => [{ container: 'app', handler, port, host }];
  expect(onPort({ httpGet: { port: 80 } })).toEqual(told(80));
  expect(onPort({ httpGet: { port: 'http', host: 'a.example' } })).toEqual(
    told('http', 'a.example'),
  );
  expect(onPort({ tcpSocket: { port: 'db', host: '10.0.0.1' } })).toEqual(told('db', '10.0.0.1'));
  expect(onPort({ grpc: { port: 9000 } })).toEqual(told(9000));
});

test.each([
  ['postStart', 'postStart hook'],
  ['preStop', 'preStop hook'],
])('a %s hook asks a port by HTTP alone', (field, handler) => {
  const onPort = (hook: object) => handlersOf({ lifecycle: { [field]: hook } });
  expect(onPort({ httpGet: { port: 'http', host: 'h' } })).toEqual([
    { container: 'app', handler, port: 'http', host: 'h' },
  ]);
  expect(onPort({ httpGet: { port: 80 } })).toMatchObject([{ port: 80, host: '' }]);
  expect(onPort({ tcpSocket: { port: 80 } })).toEqual([]);
  expect(onPort({ grpc: { port: 80 } })).toEqual([]);
});

test.each([
  ['no port', { httpGet: {} }],
  ['port 0', { httpGet: { port: 0 } }],
  ['a port without a name', { tcpSocket: { port: '' } }],
  ['a gRPC port by name', { grpc: { port: 'grpc' } }],
  ['a command', { exec: { command: ['true'] } }],
  ['nothing', null],
  ['a text', 'httpGet'],
])('a probe with %s asks none', (_, livenessProbe) => {
  expect(handlersOf({ livenessProbe, lifecycle: 'none' })).toEqual([]);
});

test('probes come before hooks, and HTTP before the others', () => {
  const handlers = handlersOf({
    lifecycle: { preStop: { httpGet: { port: 4 } }, postStart: { httpGet: { port: 3 } } },
    startupProbe: { tcpSocket: { port: 2 }, grpc: { port: 9 } },
    livenessProbe: { httpGet: { port: 1 }, tcpSocket: { port: 8 } },
  });
  expect(handlers.map(({ port }) => port)).toEqual([1, 2, 3, 4]);
});

test('containers and native sidecars serve, other init containers do not', () => {
  const probe = { livenessProbe: { tcpSocket: { port: 80 } } };
  const { containers, handlers } = projectTemplateUse({
    spec: {
      initContainers: [
        { name: 'setup', ...probe },
        { name: 'proxy', restartPolicy: 'Always', ...probe },
        { name: 'once', restartPolicy: 'Never', ...probe },
      ],
      containers: [{ name: 'app', ...probe }, { name: 7 }, null],
      ephemeralContainers: [{ name: 'debug', ...probe }],
    },
  });
  expect(containers).toEqual(['app', '', '', 'proxy']);
  expect(handlers.map(({ container }) => container)).toEqual(['app', 'proxy']);
});

test.each([undefined, null, 7, 'spec', { spec: [] }, { spec: { containers: {} }, metadata: 'm' }])(
  '%j uses nothing',
  (template) => {
    expect(projectTemplateUse(template)).toEqual({
      containers: [],
      handlers: [],
      scrape: { scrape: undefined, port: undefined },
    });
  },
);

test('annotations that may speak of a port are kept beside', () => {
  const annotated = (annotations: object) =>
    projectTemplateUse({ metadata: { annotations }, spec: {} });
  expect(annotated({ 'example.com/port': '9100' }).annotatedPorts).toEqual([
    { name: 'example_com_port', port: 9100 },
  ]);
  expect(annotated({})).not.toHaveProperty('annotatedPorts');
});
