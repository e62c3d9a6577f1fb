import {
  ACCEPT_CUTS_ANNOTATION,
  ALLOW_FROM_ANNOTATION,
  CLOSED_PORTS_ANNOTATION,
  EXTRA_PORTS_ANNOTATION,
  MODE_LABEL,
  PROBE_ANNOTATION,
} from '../../api/names.ts';
import { findingsInWords } from '../../domain/policy/intent.ts';
import type { PreflightFinding } from '../../domain/preflight/preflight.ts';
import { unknownAnnotations } from '../../domain/workload/unknown-annotations.ts';
import type { Workload } from '../../domain/workload/workload.ts';
import type { Found } from '../manifests/cluster.ts';
import type { Judged } from '../manifests/judge.ts';
import type { PathSegment } from '../manifests/manifest.ts';
import type { CheckId } from './checks.ts';
import { type Finding, findingAt } from './finding.ts';
import { annotating, declaring, type Patch } from './patch.ts';
import { SERVES_NOBODY, servesNobody } from './serves-nobody.ts';

const CONTAINERS = ['spec', 'template', 'spec', 'containers'];

/** By the reason of an intent: which check that is, and where it stands. */
const REASONS: Readonly<Record<string, { id: CheckId; path: readonly PathSegment[] }>> = {
  InvalidMode: { id: 'PL008', path: ['metadata', 'labels', MODE_LABEL] },
  InvalidAnnotation: { id: 'PL008', path: ['metadata', 'annotations'] },
  TooManyPorts: { id: 'PL012', path: CONTAINERS },
  HostNetwork: { id: 'PL007', path: ['spec', 'template', 'spec', 'hostNetwork'] },
  NoDeclaredPorts: { id: 'PL005', path: CONTAINERS },
  NoPodLabels: { id: 'PL018', path: ['spec', 'template', 'metadata'] },
  PodLabelsShared: { id: 'PL018', path: ['spec', 'template', 'metadata', 'labels'] },
  TemplateNotFound: { id: 'PL018', path: ['spec', 'workloadRef'] },
  WouldWiden: { id: 'PL009', path: [] },
};

/** What stands against a policy for the workload, and what it would cut off. */
export function decisionFindings(found: Found<Workload>, judged: Judged): Finding[] {
  return [
    ...intentFinding(found, judged),
    ...unknownSettings(found),
    ...preflightFindings(found, judged),
  ];
}

function intentFinding(found: Found<Workload>, judged: Judged): Finding[] {
  const { intent } = judged;
  if (intent.kind === 'apply') return [];
  if (servesNobody(judged)) return [findingAt(found, 'PL023', SERVES_NOBODY)];
  const { reason, message } = intent;
  const check = REASONS[reason];
  if (check === undefined) return [];
  const path = reason === 'InvalidAnnotation' ? annotationPath(message) : check.path;
  // Who may connect is for the owner to say: the command is an example.
  const patch = reason === 'WouldWiden' ? undefined : annotating(message);
  return [findingAt(found, check.id, message, path, { patch })];
}

function unknownSettings(found: Found<Workload>): Finding[] {
  return unknownAnnotations(found.value).map(({ key, on, words }) => {
    const place = on === 'template' ? ['spec', 'template'] : [];
    return findingAt(found, 'PL024', words, [...place, 'metadata', 'annotations', key]);
  });
}

/** Its message names the annotation. */
function annotationPath(message: string): PathSegment[] {
  const keys = [
    EXTRA_PORTS_ANNOTATION,
    CLOSED_PORTS_ANNOTATION,
    ALLOW_FROM_ANNOTATION,
    ACCEPT_CUTS_ANNOTATION,
    PROBE_ANNOTATION,
  ];
  const key = keys.find((each) => message.includes(`annotation ${each} `));
  return ['metadata', 'annotations', ...(key ? [key] : [])];
}

/** Each port that somebody uses and the policy would close to them, unless the owner accepts that. */
function preflightFindings(found: Found<Workload>, { asked }: Judged): Finding[] {
  const { findings, notes } = asked.found;
  return [
    ...findings
      .filter(({ accepted }) => !accepted)
      .map((each) =>
        findingAt(found, checkOf(each), findingsInWords([each]), CONTAINERS, {
          fix: each.fix,
          patch: patchOf(found.value, each),
        }),
      ),
    ...notes.map((note) => findingAt(found, 'PL016', note)),
    ...asked.peerNotes.map((note) => findingAt(found, 'PL017', note)),
  ];
}

function patchOf(
  { kind, templateOf }: Workload,
  { port, protocol, declareIn, fix }: PreflightFinding,
): Patch | undefined {
  // Who has the template of another workload has none to declare it in.
  return declareIn !== undefined && typeof port === 'number' && templateOf === undefined
    ? declaring(kind, { port, protocol }, declareIn)
    : annotating(fix);
}

function checkOf({ port, declared, holds }: PreflightFinding): CheckId {
  if (typeof port === 'string') return 'PL004';
  if (!holds) return 'PL015';
  return declared ? 'PL014' : 'PL003';
}
