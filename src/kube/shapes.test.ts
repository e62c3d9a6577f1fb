import { expect, test } from 'vitest';
import { CONTROLLER_ROUTE } from './controller-route-shape.ts';
import { misfit, type Schema } from './shape.ts';
import * as shapes from './shapes.ts';

/** Fields that are read, with what each of them must not be: who looks for a missing use is told of it by its path. */
const MISFITS: [schema: Schema, fields: object, path: string][] = [
  [shapes.SERVICE, { spec: { type: 7 } }, 'spec.type'],
  [shapes.SERVICE, { spec: { externalIPs: [7] } }, 'spec.externalIPs[0]'],
  [shapes.SERVICE, { spec: { ports: [{ port: 80, name: 7 }] } }, 'spec.ports[0].name'],
  [shapes.SERVICE, { spec: { ports: [{}] } }, 'spec.ports[0].port'],
  [shapes.ENDPOINT_SLICE, { ports: [{ port: 'http' }] }, 'ports[0].port'],
  [shapes.ENDPOINT_SLICE, { endpoints: [{ addresses: [7] }] }, 'endpoints[0].addresses[0]'],
  [
    shapes.ENDPOINT_SLICE,
    { endpoints: [{ conditions: { ready: 'yes' } }] },
    'endpoints[0].conditions.ready',
  ],
  [
    shapes.INGRESS,
    { spec: { defaultBackend: { service: { name: 'a', port: { number: 'b' } } } } },
    'spec.defaultBackend.service.port.number',
  ],
  [
    shapes.INGRESS,
    { spec: { rules: [{ http: { paths: [{ backend: { service: {} } }] } }] } },
    'spec.rules[0].http.paths[0].backend.service.name',
  ],
  [
    shapes.ROUTE,
    { spec: { rules: [{ backendRefs: [{ name: 'a', port: 'b' }] }] } },
    'spec.rules[0].backendRefs[0].port',
  ],
  [
    shapes.ROUTE,
    { spec: { rules: [{ backendRefs: [{ name: 'a', filters: [7] }] }] } },
    'spec.rules[0].backendRefs[0].filters[0]',
  ],
  [
    shapes.ROUTE,
    { spec: { rules: [{ filters: [{ requestMirror: { backendRef: { name: 7 } } }] }] } },
    'spec.rules[0].filters[0].requestMirror.backendRef.name',
  ],
  [
    shapes.ROUTE,
    { spec: { rules: [{ filters: [{ externalAuth: { backendRef: 7 } }] }] } },
    'spec.rules[0].filters[0].externalAuth.backendRef',
  ],
  [
    shapes.MONITOR,
    { spec: { selector: { matchExpressions: [{ key: 'a' }] } } },
    'spec.selector.matchExpressions[0].operator',
  ],
  [
    shapes.MONITOR,
    { spec: { selector: { matchExpressions: [{ key: 'a', operator: 'In', values: [7] }] } } },
    'spec.selector.matchExpressions[0].values[0]',
  ],
  [
    shapes.MONITOR,
    { spec: { namespaceSelector: { matchNames: [7] } } },
    'spec.namespaceSelector.matchNames[0]',
  ],
  [
    shapes.MONITOR,
    { spec: { endpoints: [{ portNumber: 'http' }] } },
    'spec.endpoints[0].portNumber',
  ],
  [
    shapes.MONITOR,
    { spec: { podMetricsEndpoints: [{ relabelConfigs: [{ replacement: 7 }] }] } },
    'spec.podMetricsEndpoints[0].relabelConfigs[0].replacement',
  ],
  [
    shapes.INFERENCE_POOL,
    { spec: { targetPorts: [{ number: 'a' }] } },
    'spec.targetPorts[0].number',
  ],
  [
    shapes.INFERENCE_POOL,
    { spec: { endpointPickerRef: { port: { number: 'a' } } } },
    'spec.endpointPickerRef.port.number',
  ],
  [
    shapes.INFERENCE_POOL,
    { spec: { extensionRef: { portNumber: 'a' } } },
    'spec.extensionRef.portNumber',
  ],
  [
    shapes.WEBHOOK_CONFIGURATION,
    { webhooks: [{ clientConfig: { service: { name: 'a', port: 'b' } } }] },
    'webhooks[0].clientConfig.service.port',
  ],
  [shapes.DEFINITION, { spec: { versions: [{ served: true }] } }, 'spec.versions[0].name'],
  [
    shapes.DEFINITION,
    { spec: { conversion: { webhook: { clientConfig: { service: {} } } } } },
    'spec.conversion.webhook.clientConfig.service.name',
  ],
  [shapes.API_SERVICE, { spec: { service: { name: 'a', port: 'b' } } }, 'spec.service.port'],
  [
    CONTROLLER_ROUTE,
    { spec: { routes: [{ services: [{ name: 7 }] }] } },
    'spec.routes[0].services[0].name',
  ],
  [
    CONTROLLER_ROUTE,
    { spec: { http: [{ route: [{ destination: { port: { number: 'a' } } }] }] } },
    'spec.http[0].route[0].destination.port.number',
  ],
  [CONTROLLER_ROUTE, { spec: { http: [{ mirror: { host: 7 } }] } }, 'spec.http[0].mirror.host'],
  [
    CONTROLLER_ROUTE,
    { spec: { tcpproxy: { services: [{ servicePort: 'a' }] } } },
    'spec.tcpproxy.services[0].servicePort',
  ],
  [CONTROLLER_ROUTE, { spec: { weighted: { services: 7 } } }, 'spec.weighted.services'],
  [CONTROLLER_ROUTE, { spec: { mirroring: { mirrors: 7 } } }, 'spec.mirroring.mirrors'],
  [
    CONTROLLER_ROUTE,
    { spec: { rules: [{ backend: { serviceName: 7 } }] } },
    'spec.rules[0].backend.serviceName',
  ],
];

test.each(MISFITS.map((row) => [row[2], ...row] as const))(
  '%s is told where it is wrong',
  (...row) => {
    const [, schema, fields, path] = row;
    expect(misfit(schema, { metadata: { name: 'a' }, ...fields })).toBe(path);
    expect(misfit(schema, { metadata: { name: 'a' } })).toBeUndefined();
    expect(misfit(schema, fields)).toBe('metadata');
  },
);
