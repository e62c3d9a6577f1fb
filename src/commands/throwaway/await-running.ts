import type { KubeClient } from '../../kube/client.ts';
import { projectPod } from '../../kube/projections.ts';
import type { KubernetesObject } from '../../kube/resource.ts';
import { PODS } from '../../kube/resources.ts';
import { entriesOf, fieldsOf, textOf } from '../../kube/wire-fields.ts';
import { withTroubleTold } from '../api-trouble.ts';
import { CommandError } from '../command-error.ts';

/** A pod that runs. */
export interface RunningPod {
  name: string;
  node: string;
  ips: readonly string[];
  labels: Readonly<Record<string, string>>;
}

/** Why a container waits that will not start by itself. */
const HOPELESS = new Set([
  'ErrImagePull',
  'ImagePullBackOff',
  'InvalidImageName',
  'ErrImageNeverPull',
  'CreateContainerConfigError',
  'CreateContainerError',
  'RunContainerError',
  'CrashLoopBackOff',
]);

/** Seconds after which the server ends a watch, and another is begun. */
const WATCH_SECONDS = 60;

/**
 * Waits until a pod that was created runs.
 * @throws CommandError where it will not; the signal's reason
 */
export async function awaitRunning(
  client: KubeClient,
  created: KubernetesObject,
  signal: AbortSignal,
): Promise<RunningPod> {
  const { name, namespace = '' } = created.metadata;
  const asked = { verb: 'watch', resource: 'pods', namespace };
  return withTroubleTold(asked, async () => {
    let latest = created;
    for (;;) {
      const running = runningPod(latest) ?? (await runningAfter(client, latest, signal));
      if (running) return running;
      latest = await client.get(PODS, { namespace, name }, { signal });
    }
  });
}

/** Undefined where the watch ends before it runs. */
async function runningAfter(
  client: KubeClient,
  { metadata: { name, namespace = '', resourceVersion = '0' } }: KubernetesObject,
  signal: AbortSignal,
): Promise<RunningPod | undefined> {
  const fieldSelector = `metadata.name=${name}`;
  const terms = { namespace, fieldSelector, resourceVersion, timeoutSeconds: WATCH_SECONDS };
  for await (const { type, object } of client.watch(PODS, { ...terms, signal })) {
    if (type === 'BOOKMARK' || object.metadata.name !== name) continue;
    if (type === 'DELETED') throw new CommandError(`the pod ${namespace}/${name} was deleted`);
    const running = runningPod(object);
    if (running) return running;
  }
  return undefined;
}

/** @throws CommandError where it has ended, or cannot start */
function runningPod(wire: KubernetesObject): RunningPod | undefined {
  const { namespace, name, node, ips, labels } = projectPod(wire);
  const status = fieldsOf(fieldsOf(wire).status);
  const states = entriesOf(status.containerStatuses).map((each) => fieldsOf(fieldsOf(each).state));
  const waiting = states
    .map((state) => fieldsOf(state.waiting))
    .find(({ reason }) => HOPELESS.has(textOf(reason)));
  const trouble = (why: string) => new CommandError(`the pod ${namespace}/${name} ${why}`);
  if (waiting) throw trouble(`cannot start: ${textOf(waiting.reason)}: ${textOf(waiting.message)}`);
  const phase = textOf(status.phase);
  if (phase === 'Failed')
    throw trouble(
      `has failed: ${textOf(status.message) || textOf(status.reason) || 'its log says why'}`,
    );
  const isRunning = phase === 'Running' || phase === 'Succeeded';
  return isRunning && ips.length > 0 ? { name, node, ips, labels } : undefined;
}
