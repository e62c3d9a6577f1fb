import { afterEach, beforeEach } from 'vitest';
import { KubeClient } from '../kube/client.ts';
import { ScriptedApiServer } from './scripted-api-server.ts';

/** A scripted API server and a client of it, new ones for each test of the file that calls this. */
export function scriptedClient(): { server: ScriptedApiServer; client: KubeClient } {
  const both = {} as { server: ScriptedApiServer; client: KubeClient };
  beforeEach(async () => {
    both.server = await ScriptedApiServer.start();
    both.client = new KubeClient({ kubeConfig: both.server.kubeConfig() });
  });
  afterEach(async () => {
    await both.client.close();
    await both.server.close();
  });
  return both;
}
