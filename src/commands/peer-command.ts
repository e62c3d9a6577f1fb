import { Command } from 'commander';
import { durationOption, integer, portList } from './option-parsers.ts';
import type { PeerFlags } from './peer.ts';

/** `portlock peer`: what other commands run in pods of their own. Nobody else needs it, so no help tells of it. */
export function peerCommand(): Command {
  return new Command('peer')
    .description('Listen and connect in a pod, for check and audit')
    .option('--listen <ports>', 'listen here, and hang up on whoever connects', portList)
    .option('--ask <address[=ports]>', 'connect there; may be given again', addAsked)
    .option('--common <ports>', 'ask for these at each address, too', portList)
    .option('--again', 'ask again and again')
    .option(
      '--rate <number>',
      'connections a second; 0 for as many as go',
      integer(0, 1_000_000),
      0,
    )
    .addOption(durationOption('--timeout <duration>', 'how long an answer may take', '500ms'))
    .option('--delete-namespace <name>', 'delete this namespace when told to end')
    .action(peer);
}

async function peer(given: Partial<PeerFlags>): Promise<void> {
  const flags = { listen: [], ask: [], common: [], again: false, ...given } as PeerFlags;
  const abort = new AbortController();
  // The first process of a container gets no signal that it does not ask for.
  for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => abort.abort());
  const [{ runPeer }, { processStreams }] = await Promise.all([
    import('./peer.ts'),
    import('./streams.ts'),
  ]);
  await runPeer(flags, processStreams(), abort.signal);
  process.exit();
}

function addAsked(text: string, before: PeerFlags['ask'] = []): PeerFlags['ask'] {
  const [address = '', list = ''] = text.split('=');
  return [...before, { address, ports: list === '' ? [] : portList(list) }];
}
