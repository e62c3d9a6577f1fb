import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { eventually } from '../../harness/eventually.ts';
import type { Kubectl, WireObject } from '../../harness/kubectl.ts';
import { BRANCH, GitRepository, type Manifests } from '../git-repository.ts';
import type { Delivery, Tool } from '../tool.ts';
import { FLUX_NAMESPACE } from './start-flux.ts';

const REQUESTED = 'reconcile.fluxcd.io/requestedAt';
const SOURCE = { apiVersion: 'source.toolkit.fluxcd.io/v1', kind: 'GitRepository' };

export interface FluxPlace {
  readonly kubectl: Kubectl;
  /** Where artifacts are to lie, and what serves them. */
  readonly artifacts: { readonly folder: string; readonly url: string };
  readonly repositories: string;
}

/** Flux's kustomize-controller. */
export class Flux implements Tool {
  readonly name = 'Flux';
  readonly #place: FluxPlace;
  readonly #spec: object;

  /** @param spec fields of the Kustomization that are not as in this class */
  constructor(place: FluxPlace, spec: object = {}) {
    this.#place = place;
    this.#spec = spec;
  }

  async deliver(name: string): Promise<FluxDelivery> {
    const repository = await GitRepository.create(this.#place.repositories);
    return new FluxDelivery(this.#place, repository, name, this.#spec);
  }
}

/** A GitRepository and the Kustomization that applies it every five seconds. */
export class FluxDelivery implements Delivery {
  readonly #place: FluxPlace;
  readonly #repository: GitRepository;
  readonly #name: string;
  readonly #spec: object;
  #revision = '';

  constructor(place: FluxPlace, repository: GitRepository, name: string, spec: object) {
    this.#place = place;
    this.#repository = repository;
    this.#name = name;
    this.#spec = spec;
  }

  async commit(files: Manifests): Promise<void> {
    await this.offer(files);
    await this.#untilContent('the commit', () => true);
  }

  /** Commits and does not wait. */
  async offer(files: Manifests): Promise<void> {
    const commit = await this.#repository.commit(files);
    this.#revision = `${BRANCH}@sha1:${commit}`;
    const metadata = { name: this.#name, namespace: FLUX_NAMESPACE };
    await this.#place.kubectl.apply({ ...SOURCE, metadata, spec: {} });
    await this.#publish(commit);
    await this.#place.kubectl.apply({
      apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
      kind: 'Kustomization',
      metadata,
      spec: {
        interval: '5s',
        retryInterval: '2s',
        // Flux waits that long for a policy of git that portlock deletes as its own, and applies it then.
        timeout: '30s',
        path: './',
        prune: true,
        wait: true,
        force: true,
        deletionPolicy: 'Orphan',
        sourceRef: { kind: SOURCE.kind, name: this.#name },
        ...this.#spec,
      },
    });
  }

  async refresh(): Promise<void> {
    const token = String(performance.now());
    await this.#kustomization('annotate', '--overwrite', `${REQUESTED}=${token}`);
    await this.#untilContent('the refresh', (each) => each.status.lastHandledReconcileAt === token);
  }

  async isContent(): Promise<boolean> {
    return this.#isContent(await this.read());
  }

  async read(): Promise<WireObject> {
    return this.#place.kubectl.get(...this.#where());
  }

  async end(): Promise<void> {
    await this.#kustomization('delete', '--ignore-not-found');
  }

  /** What source-controller does for a new commit. */
  async #publish(commit: string): Promise<void> {
    const { folder, url } = this.#place.artifacts;
    const file = `${this.#name}-${commit}.tar.gz`;
    await this.#repository.archive(path.join(folder, file));
    const content = await readFile(path.join(folder, file));
    const artifact = {
      path: file,
      url: `${url}/${file}`,
      revision: this.#revision,
      digest: `sha256:${createHash('sha256').update(content).digest('hex')}`,
      size: content.length,
      lastUpdateTime: new Date().toISOString(),
    };
    const patch = ['--subresource=status', '--type=merge', '--patch'];
    const status = JSON.stringify({ status: { artifact } });
    const [, ...where] = this.#where();
    await this.#place.kubectl.run(['patch', SOURCE.kind, ...where, ...patch, status]);
  }

  async #untilContent(what: string, holds: (found: WireObject) => boolean): Promise<void> {
    const seen = (found: WireObject) => this.#isContent(found) && holds(found);
    await eventually(`Flux, ${what} of ${this.#name}`, () => this.read(), seen);
  }

  #isContent({ metadata, status }: WireObject): boolean {
    const ready = status?.conditions?.find((each: { type: string }) => each.type === 'Ready');
    return (
      ready?.status === 'True' &&
      status.lastAppliedRevision === this.#revision &&
      status.observedGeneration === metadata.generation
    );
  }

  async #kustomization(verb: string, ...args: string[]): Promise<void> {
    await this.#place.kubectl.run([verb, ...this.#where(), ...args]);
  }

  #where(): [kind: string, ...string[]] {
    return ['kustomization.kustomize.toolkit.fluxcd.io', this.#name, '--namespace', FLUX_NAMESPACE];
  }
}
