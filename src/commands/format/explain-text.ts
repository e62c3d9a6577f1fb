import { CLOSED_PORTS_ANNOTATION } from '../../api/names.ts';
import type {
  DecidingField,
  ExplainedPolicy,
  ExplainedRule,
} from '../../domain/evaluate/explain-policy.ts';
import { visible } from '../../domain/text/visible-text.ts';
import type { Explanation } from '../explain/explanation.ts';
import type { Source } from '../explain/source.ts';

/** Longer values are cut, in characters. */
const LONGEST_VALUE = 200;

/** An explanation for people: what is so, and under it policy by policy what leads there. */
export function explainText(explanation: Explanation): string {
  const { found, port, protocol, why, policies, others } = explanation;
  const { kind, namespace, name } = found.value;
  const lines = [
    `${port}/${protocol} of ${kind} ${namespace}/${name} (${meantInWords(explanation)}) ${verdictInWords(explanation)}: ${why}`,
    ...policies.flatMap((each) => ['', ...policyLines(each, explanation)]),
    ...(others.length > 0
      ? ['', `Of other kinds, and before or after these: ${others.join(', ')}`]
      : []),
  ];
  return lines.map((line) => `${visible(line)}\n`).join('');
}

function meantInWords({ isDeclared, isClosed }: Explanation): string {
  if (isClosed) return `declared, and closed by ${CLOSED_PORTS_ANNOTATION}`;
  return isDeclared ? 'declared' : 'not declared';
}

function verdictInWords({ verdict, source }: Explanation): string {
  const whom = { anybody: 'everybody', node: 'the node that it runs on' };
  const to = source.kind === 'peer' ? source.text : whom[source.kind];
  switch (verdict) {
    case 'Open':
      return `is open to ${to}`;
    case 'OpenToSome':
      return 'is open to some, and not to everybody';
    case 'Closed':
      return `is closed to ${to}`;
    case 'Unknown':
      return `may be open to ${to} or not, that cannot be told`;
  }
}

function policyLines(
  {
    name,
    isolates,
    rules,
    place,
  }: ExplainedPolicy & Pick<Explanation['policies'][number], 'place'>,
  { port, protocol, source }: Explanation,
): string[] {
  const at = place ? ` (${place.file}:${place.line})` : '';
  if (isolates.match !== 'Yes')
    return [`NetworkPolicy ${name}${at} says nothing about ingress`, `  ${quoted(isolates)}`];
  return [
    `NetworkPolicy ${name}${at} isolates the pods`,
    `  ${quoted(isolates)}`,
    ...(rules.length === 0 ? ['  spec.ingress: not there, so it lets nobody in'] : []),
    ...rules.flatMap((rule) => ruleLines(rule, `${port}/${protocol}`, source)),
  ];
}

function ruleLines(
  { path, ports, from, letsIn }: ExplainedRule,
  port: string,
  source: Source,
): string[] {
  const what = { Yes: 'lets it in', No: 'does not let it in', Unknown: 'lets some in' };
  const doubt = source.kind === 'peer' ? 'may let it in' : what.Unknown;
  const isAboutPort = ports.match === 'Yes' ? `is about ${port}` : `is not about ${port}`;
  const who = {
    Yes: 'is about the source',
    No: 'is not about the source',
    Unknown: whomUnknown(source),
  };
  return [
    `  ${path} ${letsIn === 'Unknown' ? doubt : what[letsIn]}`,
    ports.value === undefined
      ? `    ${ports.path}: not there, so it is about every port`
      : `    ${quoted(ports)} ${isAboutPort}`,
    from.value === undefined
      ? `    ${from.path}: not there, so it is about every source`
      : `    ${quoted(from)} ${who[from.match]}`,
  ];
}

function whomUnknown(source: Source): string {
  return source.kind === 'peer'
    ? 'is about addresses, and that of the source is not known'
    : 'says who may connect';
}

function quoted({ path, value }: DecidingField): string {
  const text = value === undefined ? 'not there' : JSON.stringify(value);
  return `${path}: ${text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}…` : text}`;
}
