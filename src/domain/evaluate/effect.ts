export type Effect = 'Managed' | 'Widens' | 'Restricts' | 'None' | 'Unknown';

/** What a policy that selects the pods does to them. */
export interface PolicyEffect {
  /** API group and kind of the policy. */
  group: string;
  kind: string;
  name: string;
  effect: Effect;
  message: string;
}

/** Whether a policy opens undeclared ports to somebody, or may: what answers there says nothing against ours. */
export function mayOpen({ effect }: PolicyEffect): boolean {
  return effect === 'Widens' || effect === 'Unknown';
}
