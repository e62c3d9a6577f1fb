import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { goldenManifests } from '../../testing/golden-manifests.ts';
import type { Wire } from '../../testing/preflight-manifests.ts';
import { snapshotOf } from '../../testing/snapshot-manifests.ts';
import { IP_FAMILIES } from '../match/ip-family.ts';
import { byPortThenProtocol, declaredPorts, portKey } from '../workload/declared-ports.ts';
import { expectations, proberPeer } from './expectation.ts';
import { policyEffects } from './policy-effects.ts';
import { policiesSelecting, policyTargets } from './targets.ts';

/**
 * Each folder holds a small cluster as its users wrote it, whose first line says what it shows, and what the
 * policies mean for the workload web: what each does, and what is expected of connections of each IP family to its
 * declared ports and two others. UPDATE_GOLDENS=1 writes the latter anew.
 */
const CASES = join(import.meta.dirname, '../testdata/evaluate');
const UNDECLARED = [8082, 9090];

test.each(readdirSync(CASES).sort())('%s', (name) => {
  const manifests = goldenManifests(join(CASES, name));
  const file = join(CASES, name, 'expected.yaml');
  const actual = said(manifests);
  if (process.env.UPDATE_GOLDENS) writeFileSync(file, stringify(actual, { lineWidth: 0 }));
  expect(actual).toEqual(parse(readFileSync(file, 'utf8')));
});

function said(manifests: readonly Wire[]) {
  const { workload, namespace, pods, prober, ...snapshot } = snapshotOf(manifests);
  if (!workload) throw new Error('no workload');
  const { policies: networkPolicies, tieredPolicies, pluginPolicies } = snapshot;
  const all = { networkPolicies, tieredPolicies, pluginPolicies };
  const targets = policyTargets(workload, namespace, pods, all);
  const selecting = policiesSelecting(all, targets);
  const declared = declaredPorts(workload, pods, [], () => false);
  const effects = policyEffects(selecting, targets, declared, undefined);
  const expectation = expectations(selecting, targets, proberPeer(prober));
  const asked = [
    ...declared.map(({ port, protocol }) => ({ port, protocol, declared: true })),
    ...UNDECLARED.map((port) => ({ port, protocol: 'TCP' as const, declared: false })),
  ].sort(byPortThenProtocol);
  return {
    policies: Object.fromEntries(
      effects.map(({ kind, name, effect, message }) => [
        `${kind}/${name}`,
        `${effect}: ${message}`,
      ]),
    ),
    expected: Object.fromEntries(
      asked.map((each) => [
        portKey(each.port, each.protocol),
        Object.fromEntries(
          IP_FAMILIES.map((family) => {
            const { expected, by, why } = expectation({ ...each, family });
            const reason = why === undefined ? '' : ` (${why})`;
            return [
              family,
              `${[expected, ...(by.length > 0 ? ['by', by.join(', ')] : [])].join(' ')}${reason}`,
            ];
          }),
        ),
      ]),
    ),
  };
}
