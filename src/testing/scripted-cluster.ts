import { afterEach, beforeEach, vi } from 'vitest';
import { kubeconfigFile } from './kubeconfig-file.ts';
import { ScriptedApiServer } from './scripted-api-server.ts';

/** A scripted API server that is the user's cluster, by KUBECONFIG; a new one for each test of where this is called. */
export function scriptedCluster(): { server: ScriptedApiServer; kubeconfig: string } {
  const both = {} as { server: ScriptedApiServer; kubeconfig: string };
  let removeFile = () => {};
  beforeEach(async () => {
    both.server = await ScriptedApiServer.start();
    const { file, remove } = kubeconfigFile(both.server);
    both.kubeconfig = file;
    removeFile = remove;
    vi.stubEnv('KUBECONFIG', file);
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    removeFile();
    await both.server.close();
  });
  return both;
}
