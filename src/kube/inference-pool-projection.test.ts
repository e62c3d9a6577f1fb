import { expect, test } from 'vitest';
import { projectInferencePool } from './usage-projections.ts';

const metadata = { namespace: 'shop', name: 'models' };

test.each<[string, object, object]>([
  [
    'v1',
    {
      selector: { matchLabels: { app: 'web' } },
      targetPorts: [{ number: 8000 }, { number: 8001 }],
    },
    { selector: { app: 'web' }, targetPorts: [8000, 8001] },
  ],
  [
    'v1alpha2',
    { selector: { app: 'web' }, targetPortNumber: 8000 },
    { selector: { app: 'web' }, targetPorts: [8000] },
  ],
  [
    'what the API would refuse',
    { selector: 'app', targetPorts: [{ number: 0 }, null, { number: 65_536 }] },
    { selector: {}, targetPorts: [] },
  ],
  [
    'v1 with a picker',
    { endpointPickerRef: { name: 'picker', port: { number: 9003 } } },
    { selector: {}, targetPorts: [], picker: { service: 'picker', port: 9003 } },
  ],
  [
    'v1alpha2 with a picker',
    { extensionRef: { kind: 'Service', name: 'picker' } },
    { selector: {}, targetPorts: [], picker: { service: 'picker', port: 9002 } },
  ],
  [
    'a picker that is no Service',
    { endpointPickerRef: { kind: 'Other', name: 'picker', port: { number: 9003 } } },
    { selector: {}, targetPorts: [] },
  ],
  ['nothing', {}, { selector: {}, targetPorts: [] }],
])('a pool of %s', (_, spec, expected) => {
  expect(projectInferencePool({ metadata, spec })).toEqual({ ...metadata, ...expected });
});
