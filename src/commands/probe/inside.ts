import type { PortListener } from '../../domain/exposure/exposure.ts';
import { parseSocketOwners, type SocketOwner } from '../../domain/exposure/socket-owners.ts';
import {
  type EstablishedConnection,
  type Listener,
  parseConnections,
  parseListeners,
} from '../../domain/exposure/socket-table.ts';
import type { KubeClient } from '../../kube/client.ts';
import type { RunningContainer } from '../../kube/container-projection.ts';
import { ApiError, ApiUnreachableError } from '../../kube/errors.ts';
import type { ExecResult } from '../../kube/exec.ts';
import { withTroubleTold } from '../api-trouble.ts';
import type { FoundPod } from './lookup.ts';

/** What became of looking into one container. */
export interface ContainerView {
  container: string;
  /** The program of the image that read; undefined where none could. */
  readBy: 'cat' | 'node' | undefined;
  /** Why nothing could be read; empty where something was. */
  reason: string;
}

/** What a pod looks like from inside. */
export interface InsideView {
  /** Everything that listens; undefined where no container could be read. */
  listeners: readonly PortListener[] | undefined;
  /** What is connected to the pod, or it to somebody; none where no container could be read. */
  connections: readonly EstablishedConnection[];
  containers: readonly ContainerView[];
}

interface ContainerReading extends ContainerView {
  listeners: readonly Listener[];
  connections: readonly EstablishedConnection[];
  owners: ReadonlyMap<number, SocketOwner>;
}

const TABLES = ['/proc/net/tcp', '/proc/net/tcp6'];

/** Reads with the shell's own words, but for one ls. */
const SHELL_OWNERS =
  'for p in /proc/[0-9]*; do read -r n <$p/comm && echo "$p $n"; done; ls -l /proc/[0-9]*/exe /proc/[0-9]*/fd';

/** The same and the tables, for images that have Node and nothing else; as small as it can be. */
const NODE_SCRIPT = `
const { readdirSync, readFileSync, readlinkSync } = require('fs');
const attempt = (read) => { try { return read(); } catch { return undefined; } };
for (const table of ${JSON.stringify(TABLES)}) console.log(attempt(() => readFileSync(table, 'utf8')) ?? '');
for (const pid of readdirSync('/proc').filter((name) => /^[0-9]+$/.test(name))) {
  const name = attempt(() => readFileSync('/proc/' + pid + '/comm', 'utf8').split('\\n')[0]);
  if (name !== undefined) console.log('/proc/' + pid + ' ' + name);
  const program = attempt(() => readlinkSync('/proc/' + pid + '/exe'));
  if (program !== undefined) console.log('/proc/' + pid + '/exe -> ' + program);
  console.log('/proc/' + pid + '/fd:');
  for (const fd of attempt(() => readdirSync('/proc/' + pid + '/fd')) ?? []) {
    const target = attempt(() => readlinkSync('/proc/' + pid + '/fd/' + fd));
    if (target?.startsWith('socket:')) console.log(fd + ' -> ' + target);
  }
}`;
const NODE_PROGRAMS = ['/nodejs/bin/node', 'node'];

/**
 * Reads what listens in a pod, with what its images have, and writes nothing there: its containers
 * share one network, so one that can be read shows all sockets; whose they are, each shows of its
 * own processes.
 * @throws CommandError where the user may not run anything in the pod
 */
export async function lookInside(
  client: KubeClient,
  found: FoundPod,
  signal: AbortSignal,
): Promise<InsideView> {
  const { namespace, name } = found.pod;
  const readings: ContainerReading[] = [];
  for (const container of found.containers) {
    const run = (words: readonly string[]) =>
      execIn(client, { namespace, name }, { container: container.name, words }, signal);
    readings.push(await readContainer(container, run));
  }
  const containers = readings.map(({ container, readBy, reason }) => ({
    container,
    readBy,
    reason,
  }));
  const first = readings.find(({ readBy }) => readBy !== undefined);
  const listeners = first?.listeners.map((listener) => attributed(listener, readings, found));
  return { listeners, connections: first?.connections ?? [], containers };
}

const NOTHING = { listeners: [], connections: [], owners: new Map<number, SocketOwner>() };

type Run = (words: readonly string[]) => Promise<ExecResult>;

async function readContainer(container: RunningContainer, run: Run): Promise<ContainerReading> {
  const { name } = container;
  const tables = await run(['cat', ...TABLES]);
  if (isTable(tables)) {
    const owners = parseSocketOwners((await run(['sh', '-c', SHELL_OWNERS])).stdout);
    return { ...read(name, 'cat', tables.stdout), owners };
  }
  const unread = { container: name, readBy: undefined, ...NOTHING };
  if (!isMissing(tables)) return { ...unread, reason: tables.failure ?? 'no socket table there' };
  if (container.mayChangeNode)
    return {
      ...unread,
      reason: 'no cat in the image, and its environment may make Node load more than it is told to',
    };
  for (const program of NODE_PROGRAMS) {
    const result = await run([program, '-e', NODE_SCRIPT]);
    if (isTable(result)) return read(name, 'node', result.stdout);
  }
  return { ...unread, reason: 'no cat in the image' };
}

function read(container: string, readBy: 'cat' | 'node', text: string): ContainerReading {
  const listeners = parseListeners(text);
  const connections = parseConnections(text);
  return { container, readBy, reason: '', listeners, connections, owners: parseSocketOwners(text) };
}

/** cat fails where one of the two files is missing, and has printed the other all the same. */
function isTable({ stdout }: ExecResult): boolean {
  return stdout.includes('local_address');
}

function isMissing({ failure = '' }: ExecResult): boolean {
  return /not found|no such file/i.test(failure);
}

/** A container that is gone or does not answer is one that cannot be read; a refusal is the user's to know. */
async function execIn(
  client: KubeClient,
  pod: { namespace: string; name: string },
  command: { container: string; words: readonly string[] },
  signal: AbortSignal,
): Promise<ExecResult> {
  const asked = { verb: 'get', resource: 'pods/exec', namespace: pod.namespace };
  return withTroubleTold(asked, async () => {
    try {
      return await client.exec(pod, command, { signal });
    } catch (error) {
      const isAnswer = error instanceof ApiError && error.status !== 401 && error.status !== 403;
      if (!isAnswer && !(error instanceof ApiUnreachableError)) throw error;
      return { stdout: '', stderr: '', failure: error.message };
    }
  });
}

/** Whose a socket is: of the container whose processes hold it, or of the only one that there is. */
function attributed(
  { address, port, inode }: Listener,
  readings: readonly ContainerReading[],
  { pod, sharesProcesses }: FoundPod,
): PortListener {
  const holder = readings.find(({ owners }) => owners.has(inode));
  const only = readings.length === 1 && !pod.hostNetwork ? readings[0] : undefined;
  const container = sharesProcesses ? undefined : (holder ?? only)?.container;
  const process = holder?.owners.get(inode)?.name ?? '';
  return { address, port, container: container ?? '', process };
}
