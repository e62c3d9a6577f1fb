/**
 * Generates docs/verdicts.md from the table in src/domain/report/verdict-table.ts. `--check` writes nothing and
 * exits 1 when the committed file is stale.
 */
import { VERDICT_TABLE } from '../src/domain/report/verdict-table.ts';
import { keepPage } from './keep-page.ts';

const cells = VERDICT_TABLE.map(({ declared, expected, observed, calibration, ...rest }) => [
  declared ? 'yes' : 'no',
  ...[expected, observed, calibration].map((values) => values?.join(', ') ?? 'any'),
  rest.finding ? `\`${rest.finding}\`` : '',
  rest.meaning
    .replaceAll('{by}', '*policies*')
    .replaceAll('{why}', '*reason*')
    .replaceAll('{over}', ''),
]);
const rows = cells.map((row) => `| ${row.join(' | ')} |`).join('\n');

const text = `# Verdicts

What a report says of a TCP port follows from whether it is declared, what the policies mean for a
connection from the prober (*expected*), what became of that connection (*observed*), and what a
denied connection looks like between the nodes of the operator's replicas (*calibration*). The first line
that fits counts. Generated from \`src/domain/report/verdict-table.ts\` by \`npm run generate\`; do not edit.

| declared | expected | observed | calibration | finding | meaning |
|---|---|---|---|---|---|
${rows}

An IPv4 connection has an IPv4 source: where pods have addresses of both IP families, *expected* is about those over which it
was *observed*. Where the two differ the worse news counts, and the meaning says which family it is about: "Closed by
v4-only over IPv6". Where the prober has no address of a family, what an \`ipBlock\` of it allows is Unknown.

Nothing is told of UDP and SCTP ports, of pods in a mesh or on the network of their node, of pods that may not be
probed, and where three ports on which nothing listens accept connections: \`Unverifiable\`, with the reason.

## EnforcementVerified

| calibration | what the pods show | EnforcementVerified |
|---|---|---|
| any | an undeclared port connects, another policy allows it | False, \`Widened\` |
| any | an undeclared port connects, and a policy that is not worked out may allow it | False, \`UndeclaredReachable\` |
| any | an undeclared port connects, no policy allows it | False, \`NotEnforced\` |
| NotEnforced | anything else | False, \`NotEnforced\` |
| Unknown | anything else | Unknown, \`NotCalibrated\` |
| Rejected | anything else | Unknown, \`RefusalsProveNothing\` |
| Dropped | undeclared ports refuse, another policy may allow them | Unknown, \`Widened\` |
| Dropped | undeclared ports refuse | False, \`NotEnforced\` |
| Dropped | nothing undeclared answers, but another policy may open some to others than the prober | Unknown, \`Widened\` |
| Dropped | no declared port answers | Unknown, \`NoPositiveControl\` |
| Dropped | of some undeclared ports nothing could be told | Unknown, \`ProbeIncomplete\` or \`SweepIncomplete\` |
| Dropped | some of the pods use the network of their node | Unknown, \`HostNetwork\` |
| Dropped | declared ports answer, and no other one that was asked: declared, well-known and seen ports of every pod | True, \`Enforced\` |
| Dropped | the same, and of all 65,535 ports of one pod of each template no other one answered | True, \`Swept\` |

A calibration counts for the node that it was measured to, and where no replica runs on the node of a pod, those to
other nodes do: of several the one by which the least may be claimed. It counts for two \`--probe-interval\`s.
`;

await keepPage('docs/verdicts.md', text);
