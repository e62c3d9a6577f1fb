import type { Explanation } from '../explain/explanation.ts';

/**
 * Explanations of one workload's ports as plain data, for JSON and YAML: every field is always there, `null` where there is
 * nothing. Fields may be added; none changes its meaning or goes within `v1alpha1`.
 */
export function explainDocument([first, ...rest]: readonly [
  Explanation,
  ...(readonly Explanation[]),
]): object {
  const { found, source } = first;
  const { kind, namespace, name } = found.value;
  return {
    apiVersion: 'portlock.dev/v1alpha1',
    kind: 'Explanation',
    workload: { kind, namespace, name },
    from: source.kind === 'peer' ? source.text : source.kind,
    ports: [first, ...rest].map(portDocument),
  };
}

function portDocument(explanation: Explanation): object {
  const { port, protocol, isDeclared, isClosed, verdict, why, policies, others } = explanation;
  return {
    port,
    protocol,
    declared: isDeclared,
    closed: isClosed,
    verdict,
    why,
    policies: policies.map(({ place, isolates, rules, name }) => ({
      name,
      file: place?.file ?? null,
      line: place?.line ?? null,
      isolates: fieldDocument(isolates),
      rules: rules.map(({ path, letsIn, ports, from }) => ({
        path,
        letsIn,
        ports: fieldDocument(ports),
        from: fieldDocument(from),
      })),
    })),
    others,
  };
}

function fieldDocument({
  path,
  value,
  match,
}: Explanation['policies'][number]['isolates']): object {
  return { path, value: value ?? null, match };
}
