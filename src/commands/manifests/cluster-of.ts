import { selectorMatches } from '../../domain/match/label-selector.ts';
import { untoldPods } from '../../domain/policy/untold-pods.ts';
import { sameJson } from '../../domain/text/same-json.ts';
import { withTemplate } from '../../domain/workload/rollout.ts';
import type { Workload } from '../../domain/workload/workload.ts';
import { MalformedObjectError } from '../../kube/shape.ts';
import { fieldsOf, identityOf, optionalTextOf, textOf } from '../../kube/wire-fields.ts';
import { compareText } from '../compare-text.ts';
import { emptyCluster, type ManifestCluster } from './cluster.ts';
import { kindOf, type ManifestKind } from './kinds.ts';
import { lineOf } from './locate.ts';
import type { Manifest, PathSegment, Problem, Wire } from './manifest.ts';
import { takeOlmCalls } from './olm-calls.ts';

/** What the manifests make of a cluster. */
export interface ReadCluster {
  cluster: ManifestCluster;
  problems: readonly Problem[];
  /** How many objects of which kinds decisions do not read, by kind. */
  others: ReadonlyMap<string, number>;
}

/** A label of DNS, as namespaces are called; and several, as other objects are. */
const DNS_LABEL = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/;
const MAXIMUM_LABEL = 63;
const MAXIMUM_NAME = 253;

/**
 * The cluster that is there once all of the manifests are applied. What is no object as the API has it is left out, and told.
 *
 * @param defaultNamespace where an object is that does not say
 */
export function clusterOf(manifests: readonly Manifest[], defaultNamespace: string): ReadCluster {
  const cluster = emptyCluster();
  const problems: Problem[] = [];
  const others = new Map<string, number>();
  const objects = new Map<string, Placed[]>();
  for (const manifest of inOneOrder(manifests)) {
    const { wire } = manifest;
    const kind = kindOf(wire);
    if (kind === undefined || isOnlyCreated(wire)) {
      others.set(wire.kind, (others.get(wire.kind) ?? 0) + 1);
      continue;
    }
    const placed = inNamespace(manifest, kind, defaultNamespace);
    const key = keyOf(placed);
    const same = objects.get(key);
    if (same) same.push(placed);
    else objects.set(key, [placed]);
  }
  for (const all of objects.values()) {
    const [first, ...rest] = itself(all);
    if (first === undefined) continue;
    const different = rest.filter((each) => !isSame(first, each));
    // Which of them is meant, nobody can say.
    for (const each of different) problems.push(contradiction(first, each));
    if (different.length === 0) takeInto(cluster, first, problems);
  }
  lendTemplates(cluster);
  return { cluster, problems, others };
}

/** "To generate a unique name ONLY IF the Name field has not been provided" (ObjectMeta generateName): many Jobs are created so, and never applied. */
function isOnlyCreated({ kind, metadata }: Wire): boolean {
  const { name, generateName } = fieldsOf(metadata);
  return kind === 'Job' && name === undefined && optionalTextOf(generateName) !== undefined;
}

interface Placed {
  kind: ManifestKind;
  wire: object;
  manifest: Manifest;
  hasNamespace: boolean;
}

/** "If not specified, the default namespace": in what is applied, that of whoever applies it. */
function inNamespace(manifest: Manifest, kind: ManifestKind, defaultNamespace: string): Placed {
  const { wire } = manifest;
  const metadata = fieldsOf(wire.metadata);
  const hasNamespace = typeof metadata.namespace === 'string' && metadata.namespace !== '';
  if (hasNamespace || !kind.resource.namespaced || wire.metadata === undefined)
    return { kind, wire, manifest, hasNamespace };
  const placed = { ...wire, metadata: { ...metadata, namespace: defaultNamespace } };
  return { kind, wire: placed, manifest, hasNamespace };
}

/** So that nothing that is said depends on the order in which files were named. */
function inOneOrder(manifests: readonly Manifest[]): readonly Manifest[] {
  return manifests.toSorted(
    (a, b) => compareText(a.file, b.file) || a.document.line - b.document.line || a.line - b.line,
  );
}

function keyOf({ wire, manifest }: Placed): string {
  const { namespace, name } = identityOf(wire);
  // What has no name is told one by one.
  const unnamed = name === '' ? `${manifest.file}:${manifest.line}` : '';
  return JSON.stringify([manifest.wire.apiVersion, manifest.wire.kind, namespace, name, unnamed]);
}

/** What is there itself counts, and not what a ClusterServiceVersion says of it: a dump of a cluster has both. */
function itself(all: readonly Placed[]): readonly Placed[] {
  const own = all.filter(({ manifest }) => manifest.olmCalls === undefined);
  return own.length > 0 ? own : all;
}

function isSame(a: Placed, b: Placed): boolean {
  return sameJson(a.wire, b.wire);
}

function contradiction({ manifest: first }: Placed, { wire, manifest }: Placed): Problem {
  const { namespace, name } = identityOf(wire);
  const what = `${manifest.wire.kind} ${namespace === '' ? name : `${namespace}/${name}`}`;
  const message = `${what} is also at ${first.file}:${first.line}, and says something else; read one environment at a time`;
  return { file: manifest.file, line: manifest.line, message };
}

function takeInto(
  cluster: ManifestCluster,
  { kind, wire, ...about }: Placed,
  problems: Problem[],
): void {
  const { manifest } = about;
  const wrong = (field: string, how = howWrong(field)) =>
    problems.push({
      file: manifest.file,
      line: lineOf(manifest.document, [...manifest.path, ...segmentsOf(field)]),
      message: `${manifest.wire.kind} ${identityOf(wire).name || 'without a name'}: ${field} ${how}`,
    });
  const missing = missingName(wire);
  if (missing) {
    wrong(missing);
    return;
  }
  const badName = wrongName(wire);
  if (badName) {
    const isTemplate = manifest.document.text.includes('{{');
    wrong(badName, isTemplate ? IS_TEMPLATE : 'is not a name that the API takes');
    return;
  }
  try {
    const before = cluster.workloads.length;
    kind.take(cluster, wire, about, (field) => wrong(field));
    takeOlmCalls(cluster, wire, manifest.olmCalls ?? []);
    const added = cluster.workloads[before]?.value;
    if (added && !untoldPods(added) && !selectorMatches(added.selector, added.template.labels))
      wrong('spec.selector', 'does not match the labels of spec.template, which the API refuses');
  } catch (error) {
    if (!(error instanceof MalformedObjectError)) throw error;
    wrong(error.message);
  }
}

/** Rollouts that refer to a workload among the manifests get its template, in whatever order they come. */
function lendTemplates({ workloads }: ManifestCluster): void {
  const keyOfWorkload = ({
    kind,
    namespace,
    name,
  }: Pick<Workload, 'namespace' | 'name'> & { kind: string }) =>
    JSON.stringify([kind, namespace, name]);
  const byName = new Map(workloads.map(({ value }) => [keyOfWorkload(value), value]));
  for (const found of workloads)
    found.value = withTemplate(found.value, (name) => byName.get(keyOfWorkload(name)));
}

const IS_TEMPLATE = 'is no name; if this is a template, render the chart first';

/** "yes" and 8080 without quotes are no texts, and the API takes no other labels and annotations. */
function howWrong(field: string): string {
  return /\b(?:labels|annotations|matchLabels)\./.test(field)
    ? 'must be a text: put it in quotes'
    : 'is missing, or not as the API has it';
}

/** What has none is refused, and a policy without one would isolate nobody. */
function missingName(wire: object): string | undefined {
  const { metadata } = fieldsOf(wire);
  if (metadata === undefined) return 'metadata';
  return optionalTextOf(fieldsOf(metadata).name) === undefined ? 'metadata.name' : undefined;
}

function wrongName(wire: object): string | undefined {
  const { name, namespace } = fieldsOf(fieldsOf(wire).metadata);
  const isName =
    textOf(name).length <= MAXIMUM_NAME &&
    textOf(name)
      .split('.')
      .every((part) => DNS_LABEL.test(part));
  if (!isName) return 'metadata.name';
  const inNamespace = optionalTextOf(namespace) ?? '';
  const isNamespace = inNamespace.length <= MAXIMUM_LABEL && DNS_LABEL.test(inNamespace);
  return inNamespace !== '' && !isNamespace ? 'metadata.namespace' : undefined;
}

/** `spec.containers[0].ports` in its segments. */
function segmentsOf(field: string): PathSegment[] {
  const parts = field.match(/[^.[\]]+/g) ?? [];
  return parts.map((part) => (/^\d+$/.test(part) ? Number(part) : part));
}
