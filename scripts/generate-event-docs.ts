/**
 * Generates docs/events.md from the table in src/domain/report/event-reasons.ts. `--check` writes nothing and exits 1
 * when the committed file is stale.
 */
import { EVENT_REASONS } from '../src/domain/report/event-reasons.ts';
import { keepPage } from './keep-page.ts';

const rows = Object.entries(EVENT_REASONS)
  .map(([reason, { type, when, act }]) => `| \`${reason}\` | ${type} | ${when} | ${act} |`)
  .join('\n');

const text = `# Events and the log

What a report says is there for as long as it is so. What happened is told in Events on the workload, and in the log.
Generated from \`src/domain/report/event-reasons.ts\` by \`npm run generate\`; do not edit.

\`\`\`sh
kubectl events --for deployment/multi-port-app
kubectl get events.events.k8s.io --field-selector reportingController=portlock.dev/operator
\`\`\`

## Reasons

| reason | type | when | what to do |
|---|---|---|---|
${rows}

What is told again within ten minutes is counted in the \`series\` of its Event. After three different sentences of one reason on one
workload, the next ones are counted there, too.

## From an Event to the log, and back

Each Event has an annotation \`portlock.dev/decision\`. The line of the log about the same decision has that id in its field
\`decision\`, beside \`reason\`, \`kind\`, \`namespace\` and \`name\`, and the sentence of the Event for its message. The id follows from the
workload, its generation, the reason and the sentence. So it is the same in every replica, and whenever the same is decided
again. What a series counts up is in the log at the level \`debug\`. A line of the log is there also where an Event could not be
written.

\`\`\`sh
kubectl get events.events.k8s.io -o 'custom-columns=REASON:.reason,NAME:.regarding.name,DECISION:.metadata.annotations.portlock\\.dev/decision'
kubectl logs -n portlock-system -l app.kubernetes.io/name=portlock --tail=-1
\`\`\`

## Lines of the log

They are written on stdout, and begin with time, level and message. \`--log-level\` says how severe a line must be: \`error\`, \`warn\`, \`info\`
or \`debug\`. \`--log-format json\`, the default, is for machines:

\`\`\`json
{"timestamp":"2026-11-26T14:20:38.112Z","level":"warn","message":"9090/TCP differs from the declaration. Widened by open","decision":"6c7c2ed74c966327","reason":"DriftDetected","kind":"Deployment","namespace":"shop","name":"web"}
\`\`\`

\`--log-format text\` is for people:

\`\`\`text
2026-11-26T14:20:38.112Z warn 9090/TCP differs from the declaration. Widened by open decision=6c7c2ed74c966327 reason=DriftDetected kind=Deployment namespace=shop name=web
\`\`\`

Neither holds anything that a terminal acts on, whatever others have written in names and annotations.
`;

await keepPage('docs/events.md', text);
