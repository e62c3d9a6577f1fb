import { type AllowedRange, allowedPorts } from '../../domain/evaluate/allowed-ports.ts';
import type { PolicyEffect } from '../../domain/evaluate/effect.ts';
import { policyEffects } from '../../domain/evaluate/policy-effects.ts';
import { policiesSelecting, policyTargets } from '../../domain/evaluate/targets.ts';
import { portsAsked } from '../../domain/policy/asked.ts';
import { portKey } from '../../domain/workload/declared-ports.ts';
import { modeLabel } from '../../domain/workload/mode.ts';
import type { Workload } from '../../domain/workload/workload.ts';
import type { Found } from '../manifests/cluster.ts';
import type { Judged } from '../manifests/judge.ts';
import type { Snapshots } from '../manifests/snapshots.ts';
import { type Finding, findingAt } from './finding.ts';
import { ENFORCE } from './patch.ts';
import { servesNobody } from './serves-nobody.ts';

/** What the policies among the manifests mean for the pods of a workload. */
export interface Exposure {
  /**
   * The ports that they allow: `all` where nothing isolates the pods, `unknown` where a policy that is not worked out, or
   * one of another tier, has a say.
   */
  allowed: readonly AllowedRange[] | 'all' | 'unknown';
  /** The policies that select the pods, and what each does. */
  policies: readonly PolicyEffect[];
  findings: readonly Finding[];
}

/** Works out what gets in today, and what is wrong with that. */
export function exposureOf(found: Found<Workload>, judged: Judged, snapshots: Snapshots): Exposure {
  const { snapshot, workload, asked } = judged;
  const { targets, selecting } = inForce(judged, snapshots);
  const own = snapshots.committed(workload)?.value.metadata.name;
  const policies = policyEffects(selecting, targets, portsAsked(asked), own);
  const isOthers =
    selecting.tieredPolicies.length > 0 ||
    selecting.pluginPolicies.length > 0 ||
    snapshots.gaps.some(({ concern }) => concern === 'policies');
  const [target] = targets;
  const allowed =
    isOthers || !target ? 'unknown' : (allowedPorts(selecting.networkPolicies, target) ?? 'all');
  const exposure = { allowed, policies } as const;
  // To a pod on the network of its node, no policy applies.
  const isBeyond = workload.template.hostNetwork;
  // What the operator is about to put right is no finding.
  const isToCome =
    snapshots.source === 'manifests' &&
    judged.intent.kind === 'apply' &&
    modeLabel(found.value, snapshot.namespace) === 'enforce';
  const findings = [
    ...(isBeyond || isToCome || servesNobody(judged) ? [] : openFindings(found, exposure)),
    ...(isBeyond ? [] : policyFindings(found, exposure, snapshots)),
    ...(isBeyond || isToCome ? [] : closedFindings(found, judged, exposure)),
    ...declarationFindings(found, judged, snapshots),
  ];
  return { ...exposure, findings };
}

/** The pods of a workload, and the policies that select any of them today. */
export function inForce({ snapshot, workload }: Judged, snapshots: Snapshots) {
  const all = {
    networkPolicies: snapshots.policiesInForce(snapshot, workload),
    tieredPolicies: snapshot.tieredPolicies,
    pluginPolicies: snapshot.pluginPolicies,
  };
  const targets = policyTargets(workload, snapshot.namespace, snapshot.pods, all);
  return { targets, selecting: policiesSelecting(all, targets) };
}

type Shown = Omit<Exposure, 'findings'>;

function openFindings(found: Found<Workload>, { allowed }: Shown): Finding[] {
  if (allowed !== 'all') return [];
  const message = 'No policy isolates the pods, so every port is open to every pod';
  return [findingAt(found, 'PL001', message, [], { patch: ENFORCE })];
}

function policyFindings(
  found: Found<Workload>,
  { policies }: Shown,
  snapshots: Snapshots,
): Finding[] {
  return policies.flatMap(({ effect, kind, name, message, group }): Finding[] => {
    if (effect !== 'Widens' && effect !== 'Unknown') return [];
    const id = effect === 'Widens' ? 'PL002' : 'PL011';
    const isCore = group === 'networking.k8s.io';
    const policy = isCore ? snapshots.policy(found.value.namespace, name) : undefined;
    const finding = findingAt(
      found,
      id,
      `${isCore ? kind : `${kind}.${group}`} ${name}: ${message}`,
    );
    // Where it is to be mended.
    const { file, line } = policy?.manifest ?? finding;
    return [{ ...finding, file, line }];
  });
}

function closedFindings(
  found: Found<Workload>,
  { asked }: Judged,
  { allowed, policies }: Shown,
): Finding[] {
  if (typeof allowed === 'string') return [];
  const closed = asked.declared.filter(
    ({ port, protocol }) =>
      !allowed.some(
        (range) => range.protocol === protocol && range.first <= port && port <= range.last,
      ),
  );
  if (closed.length === 0) return [];
  const ports = closed.map(({ port, protocol }) => portKey(port, protocol));
  const by = policies.filter(({ effect }) => effect !== 'None').map(({ name }) => name);
  const { are, them } = wordsFor(ports);
  const message = `${ports.join(', ')} ${are} declared, and no rule of ${by.join(', ')} allows ${them} to anybody`;
  return [findingAt(found, 'PL006', message, ['spec', 'template', 'spec', 'containers'])];
}

function declarationFindings(
  found: Found<Workload>,
  { asked }: Judged,
  { gaps }: Snapshots,
): Finding[] {
  const { otherOwners, found: preflight } = asked;
  // Who cannot see all that may use a port cannot say that nothing does.
  const isSeen = gaps.every(({ concern }) => concern !== 'usage');
  const unused = (isSeen ? preflight.unused : []).map(({ port, protocol }) =>
    portKey(port, protocol),
  );
  const { are, them } = wordsFor(unused);
  return [
    ...(otherOwners.length > 0
      ? [
          findingAt(found, 'PL010', `The selector matches pods of ${otherOwners.join(', ')}, too`, [
            'spec',
            'selector',
          ]),
        ]
      : []),
    ...(unused.length > 0
      ? [
          findingAt(
            found,
            'PL013',
            `${unused.join(', ')} ${are} declared, and nothing is known to use ${them}`,
            ['spec', 'template', 'spec', 'containers'],
          ),
        ]
      : []),
  ];
}

/** The verb and the pronoun for so many ports. */
function wordsFor({ length }: readonly string[]): { are: string; them: string } {
  return length > 1 ? { are: 'are', them: 'them' } : { are: 'is', them: 'it' };
}
