import { parseArgs } from 'node:util';
import { UsageError } from '../cluster/arguments.ts';

/**
 * What the demo was asked for.
 *
 * @throws UsageError, in one line
 */
export function parseDemoArguments(args: readonly string[]): { keep: boolean } {
  try {
    const options = { keep: { type: 'boolean', default: false } } as const;
    return { keep: parseArgs({ args: [...args], options, strict: true }).values.keep };
  } catch (error) {
    const [line = ''] = error instanceof Error ? error.message.split('\n') : [];
    throw new UsageError(`${line}. Usage: npm run demo [-- --keep]`);
  }
}
