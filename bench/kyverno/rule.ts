import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { MODE_LABEL } from '../../src/api/names.ts';

interface Rule {
  readonly spec: {
    readonly matchConstraints: object;
    readonly matchConditions: readonly { readonly name: string }[];
  };
}

/** portlock's first rule, in Kyverno's words. */
export function readRule(): Rule {
  return parse(readFileSync(path.join(import.meta.dirname, 'rule.yaml'), 'utf8'));
}

/** The same rule, which knows the label by a selector instead of a condition. */
export function selectorRule(rule: Rule): Rule {
  const objectSelector = { matchLabels: { [MODE_LABEL]: 'enforce' } };
  return {
    ...rule,
    spec: {
      ...rule.spec,
      matchConstraints: { ...rule.spec.matchConstraints, objectSelector },
      matchConditions: rule.spec.matchConditions.filter(({ name }) => name !== 'enforced'),
    },
  };
}
