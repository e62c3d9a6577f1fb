import path from 'node:path';
import { goProgram } from '../../e2e/cluster/go-program.ts';
import { repository } from '../../e2e/harness/environment.ts';
import { operatorTerms } from '../../e2e/harness/manifest.ts';

const CANARY_PORT = '19447';

/** One program of a contestant. */
export interface Program {
  /** Its command line. */
  readonly words: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** The file that gets its output; where not given, its stderr goes to ours. */
  readonly log?: string;
}

/** What keeps policies, as one program or several. */
export interface Contestant {
  readonly name: string;
  readonly programs: readonly Program[];
  /** Whether it would act on a label by now; one without is not asked. */
  isReady?(): Promise<boolean>;
  /** Where it serves portlock's metrics. */
  readonly metrics?: string;
  /** Takes away what it left in the cluster, and what would meet the requests of others. */
  leave?(): Promise<void>;
}

/** A controller in Go that does portlock's first rule alone. */
export async function goPeer(kubeconfig: string, signal: AbortSignal): Promise<Contestant> {
  const directory = path.join(import.meta.dirname, 'peer');
  const peer = await goProgram({ directory, name: 'peer', go: '1.26' }, signal);
  return {
    name: 'go',
    programs: [{ words: [peer, '--kubeconfig', kubeconfig], environment: {} }],
  };
}

/** The built operator, with the environment of its manifest. */
export function portlock(kubeconfig: string): Contestant {
  const words = [
    process.execPath,
    path.join(repository, 'dist/portlock.js'),
    'operator',
    ...['--kubeconfig', kubeconfig, '--namespace', 'default', '--canary-port', CANARY_PORT],
    ...['--metrics-bind-address', '127.0.0.1:18080', '--metrics-secure=false'],
    ...['--health-probe-bind-address', '127.0.0.1:18081'],
  ];
  return {
    name: 'portlock',
    programs: [{ words, environment: environmentOfPod() }],
    metrics: 'http://127.0.0.1:18080/metrics',
    async isReady() {
      const answer = await fetch('http://127.0.0.1:18081/readyz').catch(() => undefined);
      return answer?.status === 200;
    },
  };
}

/** The variables of the operator's container; V8 takes a share of the memory there, not of this machine's. */
function environmentOfPod(): Record<string, string> {
  const { environment, memoryLimit } = operatorTerms();
  const share = /--max-old-space-size-percentage=(\d+)/;
  const inMegabytes = (_: string, percent: string) =>
    `--max-old-space-size=${Math.floor((memoryLimit * Number(percent)) / 100 / 2 ** 20)}`;
  const NODE_OPTIONS = environment.NODE_OPTIONS?.replace(share, inMegabytes) ?? '';
  return { ...environment, NODE_OPTIONS };
}
