import type { Namespace } from './deployment.ts';
import { nodePod } from './node-pod.ts';
import type { Connections } from './sample.ts';

/** Connects once to each port, and says what became of it. */
const ONCE = `
  const { connect } = require('node:net');
  const [host, ...ports] = process.argv.slice(1);
  for (const port of ports) {
    const socket = connect(Number(port), host);
    const end = (outcome) => {
      console.log(port, outcome);
      socket.destroy();
    };
    socket.setTimeout(2000, () => end('timeout'));
    socket.once('connect', () => end('open'));
    socket.once('error', (error) => end(error.code));
  }
`;

/** A pod of a test's own, from which it connects. */
export class ClientPod {
  readonly #namespace: Namespace;
  #ends = 0;

  private constructor(namespace: Namespace) {
    this.#namespace = namespace;
  }

  /** Makes it, under the name `client`, and waits until it runs. */
  static async create(namespace: Namespace): Promise<ClientPod> {
    await namespace.apply(nodePod('client', ['-e', 'setInterval(() => {}, 60_000)']));
    await namespace.run('wait', 'pod/client', '--for=condition=Ready', '--timeout=180s');
    return new ClientPod(namespace);
  }

  /** Runs a script of Node's in it, with arguments from `process.argv[1]` on, and returns what it writes. */
  run(script: string, ...args: string[]): Promise<string> {
    const command = ['/nodejs/bin/node', '-e', script, '--', ...args];
    return this.#namespace.run('exec', 'client', '--', ...command);
  }

  /** What becomes of a connection to each port. */
  async connect(address: string, ports: readonly number[]): Promise<Connections> {
    const lines = (await this.run(ONCE, address, ...ports.map(String))).trim().split('\n');
    return Object.fromEntries(lines.map((line) => line.split(' ')));
  }

  /** Runs a script that ends once there is a file, whose path is its last argument. */
  until(script: string, ...args: string[]): { output: Promise<string>; end: () => Promise<void> } {
    this.#ends += 1;
    const file = `/tmp/end-${this.#ends}`;
    const output = this.run(script, ...args, file);
    // Whoever awaits it is told; until then a failure is no unhandled one.
    output.catch(() => {});
    const touch = "require('node:fs').writeFileSync(process.argv[1], '')";
    return { output, end: async () => void (await this.run(touch, file)) };
  }
}
