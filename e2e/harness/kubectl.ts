import { execFile } from 'node:child_process';

/** kubectl ended with an error; the message is what it wrote to stderr. */
export class KubectlError extends Error {
  override name = 'KubectlError';
}

export interface WireObject {
  apiVersion: string;
  kind: string;
  metadata: {
    name: string;
    namespace?: string;
    uid: string;
    resourceVersion: string;
    creationTimestamp: string;
    deletionTimestamp?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    generation?: number;
    ownerReferences?: { uid: string; kind: string; name: string; controller?: boolean }[];
    managedFields?: { manager: string; operation: string; time: string; subresource?: string }[];
  };
  // biome-ignore lint/suspicious/noExplicitAny: tests read many kinds of objects
  [field: string]: any;
}

/** Runs kubectl against one cluster. */
export class Kubectl {
  readonly #command: readonly string[];
  readonly #kubeconfig: string;

  /** @param command the words that a command line begins with */
  constructor(command: readonly string[], kubeconfig: string) {
    this.#command = command;
    this.#kubeconfig = kubeconfig;
  }

  /**
   * Runs one command and returns what it wrote to stdout.
   *
   * @throws KubectlError
   */
  run(args: readonly string[], input?: string): Promise<string> {
    const [program = 'kubectl', ...first] = this.#command;
    const env = { ...process.env, KUBECONFIG: this.#kubeconfig };
    return new Promise((resolve, reject) => {
      const child = execFile(
        program,
        [...first, ...args],
        { env, maxBuffer: 64 * 1024 * 1024, timeout: 240_000 },
        (error, stdout, stderr) => {
          if (error) reject(new KubectlError(stderr.trim() || error.message));
          else resolve(stdout);
        },
      );
      child.stdin?.end(input ?? '');
    });
  }

  /** An object or a list of objects as JSON. */
  async get(...args: string[]): Promise<WireObject> {
    return JSON.parse(await this.run(['get', ...args, '--output', 'json']));
  }

  /** The same, or undefined where there is none. */
  async find(...args: string[]): Promise<WireObject | undefined> {
    const text = await this.run(['get', ...args, '--output', 'json', '--ignore-not-found']);
    return text.trim() === '' ? undefined : JSON.parse(text);
  }

  async apply(manifest: object | string, ...args: string[]): Promise<void> {
    const text = typeof manifest === 'string' ? manifest : JSON.stringify(manifest);
    await this.run(['apply', ...args, '--filename', '-'], text);
  }
}
