import { entriesOf, fieldsOf, textOf } from './wire-fields.ts';

/** A container that runs now, and what is to be known before a program is run in it. */
export interface RunningContainer {
  name: string;
  /** Whether its environment is, or may be, such that Node loads more than it is told to. */
  mayChangeNode: boolean;
}

/** The containers of a pod that run now, in the order of its spec: its own, native sidecars, and those of `kubectl debug`. */
export function projectRunningContainers(wire: object): RunningContainer[] {
  const { spec, status } = wire as { spec?: unknown; status?: unknown };
  const specs = ['containers', 'initContainers', 'ephemeralContainers'].flatMap((field) =>
    entriesOf(fieldsOf(spec)[field]).map(fieldsOf),
  );
  const statuses = [
    'containerStatuses',
    'initContainerStatuses',
    'ephemeralContainerStatuses',
  ].flatMap((field) => entriesOf(fieldsOf(status)[field]).map(fieldsOf));
  const running = new Set(
    statuses
      .filter(({ state }) => fieldsOf(state).running !== undefined)
      .map(({ name }) => textOf(name)),
  );
  return specs
    .map((container) => ({
      name: textOf(container.name),
      mayChangeNode: mayChangeNode(container),
    }))
    .filter(({ name }) => running.has(name));
}

/** The image of each container of a pod, by the container's name, as its spec has it. */
export function projectImages(wire: object): Map<string, string> {
  const spec = fieldsOf((wire as { spec?: unknown }).spec);
  const containers = ['containers', 'initContainers', 'ephemeralContainers'].flatMap((field) =>
    entriesOf(spec[field]).map(fieldsOf),
  );
  return new Map(containers.map(({ name, image }) => [textOf(name), textOf(image)]));
}

/** Whether /proc of a container shows the processes of others too, so that nobody can say whose they are. */
export function sharesProcesses(wire: object): boolean {
  const { shareProcessNamespace, hostPID } = fieldsOf((wire as { spec?: unknown }).spec);
  return shareProcessNamespace === true || hostPID === true;
}

/** Options that change how much memory Node takes and nothing else. */
const HARMLESS_OPTIONS = /^(\s*--max-[a-z-]+=\d+)*\s*$/;

/** What comes from a ConfigMap or a Secret, whole or by name, the pod does not tell. */
function mayChangeNode(container: Readonly<Record<string, unknown>>): boolean {
  if (entriesOf(container.envFrom).length > 0) return true;
  return entriesOf(container.env)
    .map(fieldsOf)
    .filter(({ name }) => textOf(name) === 'NODE_OPTIONS')
    .some(({ value, valueFrom }) => valueFrom || !HARMLESS_OPTIONS.test(textOf(value)));
}
