import { describe, expect, it } from 'vitest';

import { kindName } from './import-image.ts';

describe('the name of a kind cluster', () => {
  it('is in the current context', () => {
    expect(kindName('current-context: kind-my-cluster\n')).toBe('my-cluster');
  });

  it.each(['current-context: k3d-x', 'current-context: ""', 'clusters: []', ''])(
    'is none in %j',
    (kubeconfig) => {
      expect(kindName(kubeconfig)).toBeUndefined();
    },
  );
});
