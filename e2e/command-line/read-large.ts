/**
 * Follows the pods of the API server at a URL until there are so many, and prints as JSON for how many milliseconds of
 * processor time one turn of the event loop lasted at most.
 */
import { KubeConfig } from '@kubernetes/client-node';
import { KubeClient } from '../../src/kube/client.ts';
import { projectPod } from '../../src/kube/projections.ts';
import { Reflector } from '../../src/kube/reflector.ts';
import { PODS } from '../../src/kube/resources.ts';
import { Store } from '../../src/kube/store.ts';

const [, , server = '', wanted] = process.argv;

const kubeConfig = new KubeConfig();
kubeConfig.loadFromClusterAndUser(
  { name: 'large', server, skipTLSVerify: true },
  { name: 'tester' },
);
const client = new KubeClient({ kubeConfig });
const fail = (error: unknown) => {
  throw error;
};
const store = new Store<ReturnType<typeof projectPod>>({ onDefect: fail });
const reflector = new Reflector({
  client,
  resource: PODS,
  store,
  project: projectPod,
  onMalformed: (key, wrong) => fail(new Error(`${key}: ${wrong}`)),
});
const stop = new AbortController();
const run = reflector.run(stop.signal);

/** Processor time of this thread, in ms: what else the machine does is not in it. */
function used(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

let longest = 0;
while (store.list().length < Number(wanted)) {
  const before = used();
  await new Promise((resolve) => setImmediate(resolve));
  longest = Math.max(longest, used() - before);
}
stop.abort();
await run;
await client.close();
process.stdout.write(JSON.stringify({ longest }));
