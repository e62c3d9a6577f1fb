import type { Namespace } from '../harness/deployment.ts';
import { nodePod } from '../harness/node-pod.ts';

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

/** A pod that connects to the targets, `address:port`, for as long as it is there. */
export async function startClient(
  namespace: Namespace,
  name: string,
  targets: readonly string[],
): Promise<void> {
  await namespace.apply(nodePod(name, ['-e', CLIENT, '--', ...targets]));
  await namespace.run('wait', `pod/${name}`, '--for=condition=Ready', '--timeout=180s');
}

/** What it has said last, by target. */
export async function connectionsOf(
  namespace: Namespace,
  name: string,
): Promise<Readonly<Record<string, Connections>>> {
  return JSON.parse(await namespace.run('logs', name, '--tail=1'));
}
