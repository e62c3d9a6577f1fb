import { Gauge, type Registry } from 'prom-client';

/** What a replica knows of a workload, in figures. */
export interface WorkloadFigures {
  namespace: string;
  kind: string;
  name: string;
  /** Of the leader alone: what is asked for, and why the policy waits, where it does. */
  policy: { mode: string; hold: { reason: string; since: number } | undefined } | undefined;
  /** Of the replica alone that probes it; `verified` where the policy is in force. */
  probe:
    | { undeclaredReachable: number; declaredUnreachable: number; verified: string | undefined }
    | undefined;
}

/** So many workloads have series of their own, those aside that are in no drift. */
const MOST_SERIES = 500;
/** Reasons come from conditions, and those of a failed write from the API server. */
const MOST_REASONS = 32;
const REASON = /^[A-Z][A-Za-z]{0,62}$/;
const OTHER = 'Other';
const MODES = ['Audit', 'Enforce', 'Invalid'];
const VERIFIED = ['True', 'False', 'Unknown'];

/**
 * Of workloads, by key. What has a series for each workload is bounded, as whoever may label workloads may have any
 * number of them: of those in drift the worst are named, and all are counted.
 *
 * @param now milliseconds since the epoch
 */
export function workloadMetrics(registers: Registry[], now: () => number = Date.now) {
  const workloads = new Map<string, WorkloadFigures>();
  const probed = () => [...workloads.values()].flatMap((each) => each.probe ?? []);
  const led = () => [...workloads.values()].flatMap((each) => each.policy ?? []);
  driftGauges(registers, workloads);
  holdGauges(registers, () => led().flatMap(({ hold }) => hold ?? []), now);
  counted(registers, {
    name: 'portlock_workloads',
    label: 'mode',
    help: 'Workloads that opted in, by mode (Audit, Enforce, Invalid), as the leader knows them',
    known: MODES,
    values: () => led().map(({ mode }) => mode),
  });
  counted(registers, {
    name: 'portlock_enforced_workloads',
    label: 'verified',
    help: 'Workloads with a policy in force that this replica probes, by whether enforcement is verified (True, False, Unknown)',
    known: VERIFIED,
    values: () => probed().flatMap(({ verified }) => verified ?? []),
  });
  counted(registers, {
    name: 'portlock_drifting_workloads',
    label: 'finding',
    help: 'Workloads in drift that this replica probes, by finding (UndeclaredReachable, DeclaredUnreachable)',
    known: ['UndeclaredReachable', 'DeclaredUnreachable'],
    values: () =>
      probed().flatMap(({ undeclaredReachable, declaredUnreachable }) => [
        ...(undeclaredReachable > 0 ? ['UndeclaredReachable'] : []),
        ...(declaredUnreachable > 0 ? ['DeclaredUnreachable'] : []),
      ]),
  });
  return { workloads };
}

function driftGauges(registers: Registry[], workloads: ReadonlyMap<string, WorkloadFigures>): void {
  const rows = [
    [
      'portlock_undeclared_reachable_ports',
      'undeclaredReachable',
      `Undeclared ports of a workload on which a connection was made; of the ${MOST_SERIES} with most of them, and without those that have none`,
    ],
    [
      'portlock_declared_unreachable_ports',
      'declaredUnreachable',
      `Declared ports of a workload that something filters; of the ${MOST_SERIES} with most of them, and without those that have none`,
    ],
  ] as const;
  for (const [name, field, help] of rows) {
    new Gauge({
      name,
      registers,
      labelNames: ['namespace', 'kind', 'name'],
      help,
      collect() {
        this.reset();
        const ports = ({ probe }: WorkloadFigures) => probe?.[field] ?? 0;
        const drifting = [...workloads.values()]
          .filter((each) => ports(each) > 0)
          .sort((a, b) => ports(b) - ports(a))
          .slice(0, MOST_SERIES);
        for (const each of drifting) {
          const { namespace, kind, name } = each;
          this.set({ namespace, kind, name }, ports(each));
        }
      },
    });
  }
}

function holdGauges(
  registers: Registry[],
  holds: () => readonly { reason: string; since: number }[],
  now: () => number,
): void {
  const byReason = () => {
    const all = holds().map(({ reason, since }) => ({
      reason: REASON.test(reason) ? reason : OTHER,
      since,
    }));
    const named = new Set(
      [...new Set(all.map(({ reason }) => reason))].sort().slice(0, MOST_REASONS),
    );
    return Map.groupBy(all, ({ reason }) => (named.has(reason) ? reason : OTHER));
  };
  new Gauge({
    name: 'portlock_held_enforcements',
    registers,
    labelNames: ['reason'],
    help: 'Workloads whose policy waits, was taken back or cannot be written, by the reason of PolicyInSync, as the leader knows them',
    collect() {
      this.reset();
      for (const [reason, each] of byReason()) this.inc({ reason }, each.length);
    },
  });
  new Gauge({
    name: 'portlock_held_enforcement_age_seconds',
    registers,
    labelNames: ['reason'],
    help: 'For how long that has been so, of the workload that has waited for longest, by reason',
    collect() {
      this.reset();
      for (const [reason, each] of byReason()) {
        const since = Math.min(...each.map((hold) => hold.since));
        this.set({ reason }, Math.max(0, (now() - since) / 1000));
      }
    },
  });
}

interface Counted {
  name: string;
  label: string;
  help: string;
  /** What the label may be; each is there from the start. */
  known: readonly string[];
  values: () => readonly string[];
}

function counted(registers: Registry[], { name, label, help, known, values }: Counted): void {
  new Gauge({
    name,
    registers,
    labelNames: [label],
    help,
    collect() {
      for (const each of known) this.set({ [label]: each }, 0);
      for (const each of values()) if (known.includes(each)) this.inc({ [label]: each });
    },
  });
}
