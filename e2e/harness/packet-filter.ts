import { run } from '../cluster/command.ts';
import { directories } from '../cluster/directories.ts';
import { inNetworkOf } from '../cluster/namespaces.ts';
import { runningNodes } from '../cluster/running-cluster.ts';
import { processOf } from './pod-process.ts';

const TABLE = 'inet portlock_test';

/**
 * From now on every node of our cluster does this with the packets that it forwards, in rules of
 * nftables: it plays a network plugin.
 */
export async function filterForwarded(rules: readonly string[]): Promise<void> {
  for (const { enter } of await runningNodes(directories().state))
    await load(enter, 'forward', rules);
}

/** The same with what pods of our cluster receive, given their uids: where a node forwards nothing by its own stack. */
export async function filterReceived(
  uids: readonly string[],
  rules: readonly string[],
): Promise<void> {
  for (const uid of uids) await load(inNetworkOf(await processOf(uid)), 'input', rules);
}

async function load(
  enter: readonly string[],
  hook: 'forward' | 'input',
  rules: readonly string[],
): Promise<void> {
  const input = [
    `table ${TABLE} {}`, // only what is there can be deleted
    `delete table ${TABLE}`,
    `table ${TABLE} {`,
    'chain filtered {',
    `type filter hook ${hook} priority filter;`,
    ...rules,
    '}',
    '}',
  ].join('\n');
  await run([...enter, 'nft', '-f', '-'], { input });
}
