import type { ServerResponse } from 'node:http';
import type { PeerRound } from '../commands/peer/round.ts';
import { roundLine } from '../commands/peer/round.ts';
import { type KeptObject, KeptObjects } from './kept-objects.ts';
import { kubeconfigFile } from './kubeconfig-file.ts';
import {
  type ReceivedRequest,
  ScriptedApiServer,
  sendJson,
  sendStatus,
} from './scripted-api-server.ts';

export interface PeerClusterScript {
  /** Nodes in the order in which pods come to them. */
  nodes?: readonly string[];
  /** What a pod tells again and again, by its name and whether there is a policy; undefined where it has ended. */
  round?: (pod: string, hasPolicy: boolean) => PeerRound | undefined;
  /** Calls that are not allowed, as `POST /apis/rbac.authorization.k8s.io/v1`: how they begin. */
  forbidden?: readonly string[];
  /** The status of a pod that is created. */
  status?: (pod: KeptObject) => object;
}

/** An API server and a kubelet that runs each pod at once; what the pods say is scripted. */
export class PeerCluster {
  readonly objects = new KeptObjects();
  readonly server: ScriptedApiServer;
  readonly kubeconfig: string;
  readonly #removeFile: () => void;
  readonly #script: PeerClusterScript;
  readonly #logs = new Set<NodeJS.Timeout>();
  #pods = 0;

  private constructor(server: ScriptedApiServer, script: PeerClusterScript) {
    this.server = server;
    this.#script = script;
    const { file, remove } = kubeconfigFile(server);
    this.kubeconfig = file;
    this.#removeFile = remove;
    server.otherwise((response, request) => this.#answer(response, request));
  }

  static async start(script: PeerClusterScript = {}): Promise<PeerCluster> {
    return new PeerCluster(await ScriptedApiServer.start(), script);
  }

  /** The calls that changed something, in their order, with the random part of names cut. */
  get writes(): string[] {
    return this.server.requests
      .filter(({ method }) => method !== 'GET')
      .map(({ method, path }) => `${method} ${path.replaceAll(/-[0-9a-f]{8}/g, '')}`);
  }

  async close(): Promise<void> {
    for (const telling of this.#logs) clearInterval(telling);
    this.#removeFile();
    await this.server.close();
  }

  #answer(response: ServerResponse, request: ReceivedRequest): unknown {
    const { method, path } = request;
    const call = `${method} ${path}`;
    if (this.#script.forbidden?.some((each) => call.startsWith(each)))
      return sendStatus(response, 403, { reason: 'Forbidden', message: `${call} is forbidden` });
    if (path.endsWith('/log')) return this.#log(response, path.split('/').at(-2) ?? '');
    // What is in a namespace goes with it; nobody looks there again.
    if (method === 'DELETE') {
      this.objects.remove(path);
      return sendJson(response, {});
    }
    this.objects.answer(response, request);
    if (method === 'POST' && path.endsWith('/pods')) this.#run(request);
    return undefined;
  }

  #run({ path, body }: ReceivedRequest): void {
    const { metadata } = JSON.parse(body) as KeptObject;
    const at = `${path}/${metadata.name}`;
    const pod = this.objects.at(at) as KeptObject;
    const { nodes = ['a', 'b', 'a'], status } = this.#script;
    const index = this.#pods++;
    this.objects.put(at, {
      ...pod,
      spec: { ...pod.spec, nodeName: nodes[index % nodes.length] },
      status: status?.(pod) ?? { phase: 'Running', podIPs: [{ ip: `10.0.0.${index + 1}` }] },
    } as KeptObject);
  }

  /** A round as soon as the last one is gone. */
  #log(response: ServerResponse, pod: string): void {
    response.writeHead(200, { 'content-type': 'text/plain' });
    response.flushHeaders();
    const telling = setInterval(() => this.#tell(pod, response), 2);
    this.#logs.add(telling);
    response.once('close', () => clearInterval(telling));
  }

  #tell(pod: string, response: ServerResponse): void {
    const round = this.#script.round?.(pod, this.objects.all('networkpolicies').length > 0);
    if (round) response.write(roundLine(round));
    else response.end();
  }
}
