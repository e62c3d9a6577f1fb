import type { OperatorSettings } from '../commands/manifests/snapshots.ts';

/** What an operator is told where nobody sets a flag, at no time. */
export const OPERATOR_SETTINGS: OperatorSettings = {
  namespace: 'portlock-system',
  widening: 'explicit',
  now: 0,
};
