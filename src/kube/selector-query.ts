import type { LabelSelector } from '../api/kubernetes.ts';

/**
 * A label selector as the `labelSelector` of a list: `app=web,tier in (a,b),!old`. "The result of
 * matchLabels and matchExpressions are ANDed." (k8s.io/apimachinery meta/v1 LabelSelector)
 */
export function selectorQuery(selector: LabelSelector): string {
  const equal = Object.entries(selector.matchLabels ?? {}).map(([key, value]) => `${key}=${value}`);
  const others = (selector.matchExpressions ?? []).map(({ key, operator, values = [] }) => {
    switch (operator) {
      case 'In':
        return `${key} in (${values.join(',')})`;
      case 'NotIn':
        return `${key} notin (${values.join(',')})`;
      case 'Exists':
        return key;
      default:
        return `!${key}`;
    }
  });
  return [...equal, ...others].join(',');
}
