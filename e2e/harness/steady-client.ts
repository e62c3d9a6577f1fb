import type { Namespace } from './deployment.ts';
import { eventually } from './eventually.ts';
import { nodePod } from './node-pod.ts';

/** What became of a client's connections so far; those under way are in `started` alone. */
export interface Connections {
  readonly started: number;
  readonly connected: number;
  readonly failed: number;
  /** Of the first that were not made, why, and when by the client's clock. */
  readonly examples: readonly string[];
}

/** Connects to each address every 20 ms, whatever becomes of the connection before, and says once a second what became of them. */
const CLIENT = `
  const { connect } = require('node:net');
  const connections = {};
  for (const target of process.argv.slice(1)) {
    const [host, port] = target.split(':');
    const counts = (connections[target] = { started: 0, connected: 0, failed: 0, examples: [] });
    setInterval(() => {
      const socket = connect(Number(port), host);
      counts.started += 1;
      const fail = (why) => {
        counts.failed += 1;
        // A longer line than 16 KiB would come in parts.
        if (counts.examples.length < 5) counts.examples.push(why + ' at ' + new Date().toISOString());
        socket.destroy();
      };
      socket.setTimeout(2000, () => fail('timeout'));
      socket.once('error', ({ code }) => fail(code));
      socket.once('connect', () => {
        counts.connected += 1;
        socket.destroy();
      });
    }, 20);
  }
  setInterval(() => console.log(JSON.stringify(connections)), 1000);
`;

const NAME = 'steady-client';
/** Three seconds of connections to one target; one that is not let in ends after two. */
const ENOUGH = 150;

/** A pod that connects to targets for as long as it is there. */
export class SteadyClient {
  readonly #namespace: Namespace;
  readonly #targets: readonly string[];

  private constructor(namespace: Namespace, targets: readonly string[]) {
    this.#namespace = namespace;
    this.#targets = targets;
  }

  /** @param targets as `address:port` */
  static async start(namespace: Namespace, targets: readonly string[]): Promise<SteadyClient> {
    await namespace.apply(nodePod(NAME, ['-e', CLIENT, '--', ...targets]));
    await namespace.run('wait', `pod/${NAME}`, '--for=condition=Ready', '--timeout=180s');
    return new SteadyClient(namespace, targets);
  }

  /** What became of all connections, by target, once those that begin before now have ended. */
  async connections(): Promise<Readonly<Record<string, Connections>>> {
    const seen: Readonly<Record<string, Connections>> = await this.#said().catch(() => ({}));
    const what = `${ENOUGH} connections more to each target`;
    return eventually(
      what,
      () => this.#said(),
      (now) =>
        this.#targets.every(
          (target) => (now[target]?.started ?? 0) > (seen[target]?.started ?? 0) + ENOUGH,
        ),
    );
  }

  async #said(): Promise<Readonly<Record<string, Connections>>> {
    return JSON.parse(await this.#namespace.run('logs', NAME, '--tail=1'));
  }
}
