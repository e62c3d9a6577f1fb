import { images } from '../cluster/base-images.ts';
import { eventually } from './eventually.ts';
import type { Kubectl, WireObject } from './kubectl.ts';

export interface DeploymentFields {
  mode?: string;
  annotations?: Record<string, string>;
  ports?: { containerPort: number; name?: string; protocol?: string }[];
  replicas?: number;
  hostNetwork?: boolean;
}

/** A Deployment as a user would write it; without replicas, since most decisions need no pod. */
export function deployment(name: string, fields: DeploymentFields = {}): object {
  const { mode, annotations = {}, ports = [{ containerPort: 8080 }], replicas = 0 } = fields;
  const labels = { app: name };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name,
      annotations,
      labels: mode === undefined ? {} : { 'portlock.dev/mode': mode },
    },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          terminationGracePeriodSeconds: 1,
          ...(fields.hostNetwork && { hostNetwork: true }),
          containers: [
            {
              name: 'app',
              image: images.agnhost,
              imagePullPolicy: 'Never',
              args: ['pause'],
              ports,
            },
          ],
        },
      },
    },
  };
}

/** A namespace of a test's own. */
export class Namespace {
  readonly name: string;
  readonly #kubectl: Kubectl;

  private constructor(kubectl: Kubectl, name: string) {
    this.#kubectl = kubectl;
    this.name = name;
  }

  static async create(kubectl: Kubectl, name: string): Promise<Namespace> {
    await kubectl.run(['create', 'namespace', name]);
    return new Namespace(kubectl, name);
  }

  run(...args: string[]): Promise<string> {
    return this.#kubectl.run(['--namespace', this.name, ...args]);
  }

  get(...args: string[]): Promise<WireObject> {
    return this.#kubectl.get('--namespace', this.name, ...args);
  }

  find(...args: string[]): Promise<WireObject | undefined> {
    return this.#kubectl.find('--namespace', this.name, ...args);
  }

  apply(manifest: object): Promise<void> {
    return this.#kubectl.apply(manifest, '--namespace', this.name);
  }

  /** Deletes an object and makes it again at once, under a new uid. */
  async replace(manifest: object): Promise<void> {
    const args = ['--namespace', this.name, 'replace', '--force', '--filename', '-'];
    await this.#kubectl.run(args, JSON.stringify(manifest));
  }

  /** The policy of a Deployment once it satisfies `holds`. */
  policy(name: string, holds: (policy: WireObject) => boolean = () => true): Promise<WireObject> {
    const read = () => this.get('networkpolicy', `${name}-portlock`);
    return eventually(`the policy of ${name}`, read, holds);
  }

  /** Waits until the Deployment has no policy of ours. */
  async noPolicy(name: string): Promise<void> {
    const read = () => this.find('networkpolicy', `${name}-portlock`);
    await eventually(`no policy of ${name}`, read, (policy) => policy === undefined);
  }

  /** The report on a Deployment once both its writers have written and it satisfies `holds`. */
  report(name: string, holds: (report: WireObject) => boolean): Promise<WireObject> {
    const read = () => this.get('portexposurereport', name);
    const isThere = (report: WireObject) => isWhole(report) && holds(report);
    return eventually(`the report on ${name}`, read, isThere);
  }

  async remove(): Promise<void> {
    await this.#kubectl.run(['delete', 'namespace', this.name, '--wait=false']);
  }
}

/** Whether the leader has said what it decided, and the replica that probes what it saw. */
function isWhole({ status }: WireObject): boolean {
  const types = (status?.conditions ?? []).map(({ type }: { type: string }) => type);
  return types.includes('PolicyInSync') && types.includes('Ready');
}
