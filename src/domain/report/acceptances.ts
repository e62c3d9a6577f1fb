import type { Asked } from '../policy/asked.ts';
import type { OptedIn } from '../policy/opted-in.ts';
import { type AcceptedCut, firstDayWithout, hasEnded } from '../workload/accepted-cuts.ts';
import { portKey } from '../workload/declared-ports.ts';

interface Decided {
  subject: Pick<OptedIn, 'settings' | 'snapshot'>;
  asked: Pick<Asked, 'found'>;
}

/** The cuts that the owner accepts and that there are, of those that have an end or a reason. */
function acceptances({ subject, asked }: Decided): AcceptedCut[] {
  const found = new Set(
    asked.found.findings.flatMap(({ port, protocol, accepted }) =>
      accepted && typeof port === 'number' ? [portKey(port, protocol)] : [],
    ),
  );
  return subject.settings.acceptedCuts.filter(({ port, protocol }) =>
    found.has(portKey(port, protocol)),
  );
}

/** What is said of those that have not ended, a clause each. */
export function acceptancesInWords(decided: Decided): string[] {
  const { now } = decided.subject.snapshot;
  return acceptances(decided)
    .filter((cut) => !hasEnded(cut, now) && (cut.until ?? cut.reason) !== undefined)
    .map(({ port, protocol, until, reason }) => {
      const end = until === undefined ? '' : ` until ${until}`;
      const why = reason === undefined ? '' : ` (${reason})`;
      return `the cut of ${portKey(port, protocol)} is accepted${end}${why}`;
    });
}

/** The same of those that have: they count for two weeks more. */
export function endedInWords(decided: Decided): string[] {
  const { now } = decided.subject.snapshot;
  return acceptances(decided)
    .filter((cut) => hasEnded(cut, now))
    .map((cut) => {
      const port = portKey(cut.port, cut.protocol);
      return `the cut of ${port} was accepted until ${cut.until}: from ${firstDayWithout(cut)} on it counts as a finding again`;
    });
}
