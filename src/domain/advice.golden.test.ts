import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { goldenManifests } from '../testing/golden-manifests.ts';
import type { Wire } from '../testing/preflight-manifests.ts';
import { snapshotOf } from '../testing/snapshot-manifests.ts';
import { decide } from './decide.ts';
import { annotationIn } from './preflight/annotate.ts';
import type { PreflightFinding } from './preflight/preflight.ts';

/**
 * What is advised works: in every golden folder, each way that a finding's line names is followed as its
 * owner would follow it, in the template or by an annotation, and nothing waits for that port any more.
 */
const CASES = join(import.meta.dirname, 'testdata/decide');

const cases = readdirSync(CASES).map((name) => {
  const read = () => goldenManifests(join(CASES, name));
  return { name, read, findings: findingsOf(read()).filter(({ holds }) => holds) };
});
const held = cases.filter(({ findings }) => findings.length > 0);

function findingsOf(manifests: readonly Wire[]): readonly PreflightFinding[] {
  return decide(snapshotOf(manifests)).found.findings;
}

describe.each(held)('$name', ({ read, findings }) => {
  const ways = findings.flatMap((finding) =>
    waysOf(finding).map((steps) => ({ finding, steps, way: steps.join(' and ') })),
  );
  test.each(ways)('$way', ({ finding, steps }) => {
    const manifests = read();
    for (const step of steps) follow(step, workloadAmong(manifests));
    const left = findingsOf(manifests).find(
      ({ port, protocol }) => port === finding.port && protocol === finding.protocol,
    );
    const isAccepting = steps.some((step) => step.startsWith('accept'));
    expect(left).toEqual(
      isAccepting ? expect.objectContaining({ accepted: true, holds: false }) : undefined,
    );
  });
});

test('there is much to follow', () => {
  expect(held.length).toBeGreaterThan(40);
});

/** The ways that a line names, each as steps: `declare …`, `run …`, `take …`, `accept …`. */
function waysOf({ fix }: PreflightFinding): string[][] {
  const [line = '', letting] = fix
    .replace(/^only .* refers? to it: ask there whether it is meant(, and if it is |, or )/, '')
    .replace(/ \(or, in place of any, [^)]*\)/, '')
    .split(/, and with that (?=run )/);
  const [more = '', ...rest] = (letting ?? '').split(', or ');
  const ways = [...line.split(', or '), ...rest].map((way) =>
    way.replace(/ if nothing listens there$/, ''),
  );
  return ways.map((way) => (more && !way.startsWith('accept') ? [way, more] : [way]));
}

interface Container {
  name: string;
  ports?: { containerPort: number; protocol: string }[];
}

interface OwnedWorkload {
  metadata: { annotations?: Record<string, string> };
  spec: Templated & { jobTemplate?: { spec: Templated } };
}

interface Templated {
  template: { spec: { containers: Container[]; initContainers?: Container[] } };
}

function workloadAmong(manifests: readonly Wire[]): OwnedWorkload {
  const { kind, name } = snapshotOf(manifests).key;
  return manifests.find(
    (each) => each.kind === kind && each.metadata?.name === name,
  ) as unknown as OwnedWorkload;
}

function follow(step: string, { metadata, spec }: OwnedWorkload): void {
  const annotation = annotationIn(step);
  if (annotation && /^(?:run|accept (?:it|the cut) with) kubectl .* --overwrite$/.test(step)) {
    metadata.annotations = { ...metadata.annotations, [annotation.key]: annotation.value };
    return;
  }
  const [, taken, key = ''] = /^take (\S+) out of (\S+)$/.exec(step) ?? [];
  if (taken !== undefined) {
    const listed = (metadata.annotations?.[key] ?? '').split(',').map((entry) => entry.trim());
    const left = listed.filter((entry) => entry !== taken).join(',');
    metadata.annotations = { ...metadata.annotations, [key]: left };
    return;
  }
  const declaring =
    /^declare containerPort (\d+)(?: with protocol (\w+))? in (?:container (\S+)|the container that listens on it)$/;
  const [, port, protocol = 'TCP', name] = declaring.exec(step) ?? [];
  const { containers, initContainers = [] } = (spec.jobTemplate?.spec ?? spec).template.spec;
  const container = [...containers, ...initContainers].find(
    (each) => each.name === (name ?? each.name),
  );
  if (port === undefined || !container) throw new Error(`nobody can follow: ${step}`);
  container.ports = [...(container.ports ?? []), { containerPort: Number(port), protocol }];
}
