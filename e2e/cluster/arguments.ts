import { parseArgs } from 'node:util';

import { ClusterError } from './cluster-error.ts';
import {
  type Families,
  familyChoices,
  type Network,
  type NodeCount,
  networks,
  nodeCounts,
} from './topology.ts';

export interface UpArguments {
  readonly network: Network;
  readonly nodes: NodeCount;
  readonly families: Families;
}

/** What `up` was asked for. Throws a UsageError with one line where that can't be understood. */
export function parseUpArguments(args: readonly string[]): UpArguments {
  const { network, nodes, families } = parse(args, {
    network: { type: 'string', default: 'cilium' },
    nodes: { type: 'string', default: '2' },
    families: { type: 'string', default: 'ipv4' },
  });
  return {
    network: oneOf('--network', networks, `${network}`),
    nodes: Number(oneOf('--nodes', nodeCounts.map(String), `${nodes}`)) as NodeCount,
    families: oneOf('--families', familyChoices, `${families}`),
  };
}

/** `down` takes no arguments. Throws a UsageError with one line if there are any. */
export function parseDownArguments(args: readonly string[]): void {
  parse(args, {});
}

/** A command line that can't be understood. */
export class UsageError extends ClusterError {}

function parse(
  args: readonly string[],
  options: Readonly<Record<string, { type: 'string'; default: string }>>,
): Readonly<Record<string, unknown>> {
  try {
    return parseArgs({ args: [...args], options, strict: true }).values;
  } catch (error) {
    const [line = ''] = error instanceof Error ? error.message.split('\n') : [];
    throw new UsageError(line);
  }
}

function oneOf<Value extends string>(
  option: string,
  values: readonly Value[],
  value: string,
): Value {
  const found = values.find((each) => each === value);
  if (found !== undefined) return found;
  throw new UsageError(`${option} is ${values.join(' or ')}, not '${value}'.`);
}
