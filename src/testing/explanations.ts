import type { Explanation } from '../commands/explain/explanation.ts';
import { workload } from './builders.ts';

type ExplainedPolicy = Explanation['policies'][number];

/** Of 8080/TCP of the workload `web`, which no policy isolates. */
export function explanation(fields: Partial<Explanation> = {}): Explanation {
  return {
    found: { value: workload(), manifest: { file: 'web.yaml', line: 3 } } as Explanation['found'],
    port: 8080,
    protocol: 'TCP',
    source: { kind: 'anybody' },
    isDeclared: true,
    isClosed: false,
    verdict: 'Open',
    why: 'no policy isolates the pods',
    policies: [],
    others: [],
    ...fields,
  };
}

/** One that isolates the pods and has no rule. */
export function explainedPolicy(fields: Partial<ExplainedPolicy> = {}): ExplainedPolicy {
  return {
    name: 'allow',
    isolates: { path: 'spec.podSelector', value: {}, match: 'Yes' },
    rules: [],
    place: { file: 'p.yaml', line: 7 },
    ...fields,
  };
}

/** A rule that lets in whoever connects to port 80. */
export function explainedRule(
  fields: Partial<ExplainedPolicy['rules'][number]> = {},
): ExplainedPolicy['rules'][number] {
  return {
    path: 'spec.ingress[0]',
    ports: { path: 'spec.ingress[0].ports[0]', value: { port: 80 }, match: 'Yes' },
    from: { path: 'spec.ingress[0].from', value: undefined, match: 'Yes' },
    letsIn: 'Yes',
    ...fields,
  };
}
