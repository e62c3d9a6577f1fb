import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestProject } from 'vitest/node';
import { kubectlOf } from '../harness/environment.ts';
import { setupCluster } from '../harness/setup-cluster.ts';
import { argocdProgram, startArgocd } from './argocd/start-argocd.ts';
import { serveArtifacts } from './flux/artifact-server.ts';
import { fluxProgram, startFlux } from './flux/start-flux.ts';
import { rolloutsProgram, startRollouts } from './rollouts/start-rollouts.ts';
import { isWanted } from './wanted.ts';

declare module 'vitest' {
  interface ProvidedContext {
    gitops: {
      readonly artifacts: { readonly folder: string; readonly url: string };
      /** Where git repositories of tests are made. */
      readonly repositories: string;
      /** The address of Argo CD's Redis. */
      readonly redis: string;
    };
  }
}

/** Compiling a tool with nothing in Go's cache, on two cores that others use, too. */
const BUILD_MILLISECONDS = 3_600_000;

/** A cluster whose network enforces policies, with the operator, Flux, Argo CD and Argo Rollouts. */
export default async (project: TestProject): Promise<() => Promise<void>> => {
  const say = (line: string) => process.stderr.write(`${line}\n`);
  const signal = AbortSignal.timeout(BUILD_MILLISECONDS);
  say('Building Flux, Argo CD and Argo Rollouts (minutes the first time)');
  if (isWanted('flux')) await fluxProgram(signal);
  if (isWanted('argocd')) await argocdProgram(signal);
  if (isWanted('rollouts')) await rolloutsProgram(signal);
  const clusterDown = await setupCluster(project, 'cilium');
  const folder = await mkdtemp(path.join(tmpdir(), 'portlock-gitops-'));
  const artifacts = path.join(folder, 'artifacts');
  await mkdir(artifacts);
  const { server, url } = await serveArtifacts(artifacts);
  const { environment } = project.getProvidedContext();
  say('Starting them');
  if (isWanted('flux')) await startFlux(kubectlOf(environment), folder, signal);
  if (isWanted('rollouts')) await startRollouts(kubectlOf(environment), folder, signal);
  const redis = isWanted('argocd') && (await startArgocd(environment, folder, say, signal));
  project.provide('gitops', {
    artifacts: { folder: artifacts, url },
    repositories: path.join(folder, 'repositories'),
    redis: redis || '',
  });
  return async () => {
    await clusterDown();
    server.close();
    await rm(folder, { recursive: true, force: true });
  };
};
