import { eventually } from '../../harness/eventually.ts';
import type { Kubectl, WireObject } from '../../harness/kubectl.ts';
import { BRANCH, GitRepository, type Manifests } from '../git-repository.ts';
import type { Delivery, Tool } from '../tool.ts';
import { ARGOCD_NAMESPACE, SETTINGS } from './start-argocd.ts';

/** By what Argo CD knows the objects of an application. */
export type Tracking = 'label' | 'annotation' | 'annotation+label';

export interface ArgocdPlace {
  readonly kubectl: Kubectl;
  readonly repositories: string;
}

const REFRESH = 'argocd.argoproj.io/refresh';

/** Argo CD, with applications that sync, prune and heal by themselves. */
export class Argocd implements Tool {
  readonly name: string;
  readonly #place: ArgocdPlace;
  readonly #tracking: Tracking;
  readonly #syncOptions: readonly string[];

  constructor(place: ArgocdPlace, tracking: Tracking, syncOptions: readonly string[] = []) {
    this.name = ['Argo CD', `${tracking} tracking`, ...syncOptions].join(', ');
    this.#place = place;
    this.#tracking = tracking;
    this.#syncOptions = syncOptions;
  }

  async deliver(name: string): Promise<ArgocdDelivery> {
    const { kubectl, repositories } = this.#place;
    const data = { 'application.resourceTrackingMethod': this.#tracking };
    const patch = ['--type=merge', '--patch', JSON.stringify({ data })];
    const where = ['--namespace', ARGOCD_NAMESPACE];
    await kubectl.run(['patch', 'configmap', SETTINGS, ...where, ...patch]);
    const repository = await GitRepository.create(repositories);
    return new ArgocdDelivery(kubectl, repository, name, this.#syncOptions);
  }
}

/** An Application of a repository on this machine. */
export class ArgocdDelivery implements Delivery {
  readonly #kubectl: Kubectl;
  readonly #repository: GitRepository;
  readonly #name: string;
  readonly #syncOptions: readonly string[];
  #commit = '';

  constructor(
    kubectl: Kubectl,
    repository: GitRepository,
    name: string,
    syncOptions: readonly string[],
  ) {
    this.#kubectl = kubectl;
    this.#repository = repository;
    this.#name = name;
    this.#syncOptions = syncOptions;
  }

  async commit(files: Manifests): Promise<void> {
    await this.offer(files);
    await this.#untilContent('the commit');
  }

  async offer(files: Manifests): Promise<void> {
    this.#commit = await this.#repository.commit(files);
    await this.#kubectl.apply({
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Application',
      metadata: {
        name: this.#name,
        namespace: ARGOCD_NAMESPACE,
        annotations: { [REFRESH]: 'hard' },
      },
      spec: {
        project: 'default',
        source: {
          repoURL: `file://${this.#repository.folder}`,
          targetRevision: BRANCH,
          path: '.',
          directory: { recurse: true },
        },
        destination: { server: 'https://kubernetes.default.svc', namespace: 'default' },
        syncPolicy: {
          automated: { prune: true, selfHeal: true },
          syncOptions: this.#syncOptions,
        },
      },
    });
  }

  async refresh(): Promise<void> {
    await this.#kubectl.run(['annotate', ...this.#where(), '--overwrite', `${REFRESH}=hard`]);
    await this.#untilContent('the hard refresh');
  }

  async isContent(): Promise<boolean> {
    return this.#isContent(await this.read());
  }

  read(): Promise<WireObject> {
    return this.#kubectl.get(...this.#where());
  }

  async end(): Promise<void> {
    await this.#kubectl.run(['delete', ...this.#where(), '--ignore-not-found']);
  }

  async #untilContent(what: string): Promise<void> {
    const isContent = (found: WireObject) => this.#isContent(found);
    await eventually(`Argo CD, ${what} of ${this.#name}`, () => this.read(), isContent);
  }

  #isContent({ metadata, status }: WireObject): boolean {
    return (
      !(REFRESH in (metadata.annotations ?? {})) &&
      status?.sync?.status === 'Synced' &&
      status.sync.revision === this.#commit &&
      status.health?.status === 'Healthy' &&
      status.operationState?.phase === 'Succeeded'
    );
  }

  #where(): string[] {
    return ['application.argoproj.io', this.#name, '--namespace', ARGOCD_NAMESPACE];
  }
}
