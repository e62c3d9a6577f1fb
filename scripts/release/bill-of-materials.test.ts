import { expect, test } from 'vitest';
import { type BillOfMaterials, ofBundle } from './bill-of-materials.ts';

const library = (ref: string) => ({ 'bom-ref': ref, type: 'library', name: ref });
const INSTALLED: BillOfMaterials = {
  serialNumber: 'urn:uuid:1',
  metadata: { timestamp: '2026-01-01T00:00:00Z', component: library('portlock@1.0.0') },
  components: ['a@1.0.0', 'b@2.0.0', 'c@3.0.0'].map(library),
  dependencies: [
    { ref: 'portlock@1.0.0', dependsOn: ['a@1.0.0', 'b@2.0.0'] },
    { ref: 'a@1.0.0', dependsOn: ['b@2.0.0', 'c@3.0.0'] },
    { ref: 'b@2.0.0', dependsOn: [] },
    { ref: 'c@3.0.0', dependsOn: [] },
  ],
};
const SUBJECT = { name: 'portlock', timestamp: '2026-02-02T00:00:00Z' };

test('what is installed but not in the bundle is left out, and referred to by nobody', () => {
  expect(ofBundle(INSTALLED, ['a@1.0.0', 'c@3.0.0'], SUBJECT)).toEqual({
    metadata: {
      timestamp: SUBJECT.timestamp,
      component: { 'bom-ref': 'portlock@1.0.0', type: 'application', name: 'portlock' },
    },
    components: [library('a@1.0.0'), library('c@3.0.0')],
    dependencies: [
      { ref: 'portlock@1.0.0', dependsOn: ['a@1.0.0'] },
      { ref: 'a@1.0.0', dependsOn: ['c@3.0.0'] },
      { ref: 'c@3.0.0', dependsOn: [] },
    ],
  });
});

test('a package of the bundle that npm does not know is an error', () => {
  expect(() => ofBundle(INSTALLED, ['a@1.0.0', 'd@4.0.0'], SUBJECT)).toThrow('d@4.0.0');
});
