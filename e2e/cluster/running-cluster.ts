import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Node, onNode } from './namespaces.ts';
import { formatIdentity, identify, isAlive, parseIdentity } from './process-identity.ts';

/** A node of the running cluster, for those who did not start it. */
export interface RunningNode {
  readonly name: string;
  readonly folder: string;
  /** The words before a command that run it on the node: in its network and its file systems. */
  readonly enter: readonly string[];
}

interface Entry {
  readonly name: string;
  readonly folder: string;
  readonly holder: string;
}

const fileName = 'nodes.json';

/** Notes the nodes of the cluster that now runs. */
export async function writeRunningCluster(state: string, nodes: readonly Node[]): Promise<void> {
  const entries = nodes.flatMap(({ name, folder, holder }): Entry[] => {
    const identity = identify(holder.pid);
    return identity === undefined ? [] : [{ name, folder, holder: formatIdentity(identity) }];
  });
  await writeFile(join(state, fileName), JSON.stringify(entries, null, 2));
}

/** The nodes of the cluster that runs from this state folder; none if none runs. */
export async function runningNodes(state: string): Promise<RunningNode[]> {
  const text = await readFile(join(state, fileName), 'utf8').catch(() => '[]');
  return (JSON.parse(text) as Entry[]).flatMap(({ name, folder, holder }) => {
    const identity = parseIdentity(holder);
    if (identity === undefined || !isAlive(identity)) return [];
    return [{ name, folder, enter: onNode(identity.pid) }];
  });
}
