import { hundredths, median } from '../statistics.ts';
import type { Found, Scanner } from './scanners.ts';
import { LISTENED, type Vantage } from './vantage.ts';

const ALL = 65_535;

/**
 * Lets all scanners scan all ports of the open and of the locked target, in turn, so that what else the
 * machine does meets all of them; then prints times and ratios.
 */
export async function compare(
  where: string,
  vantage: Vantage,
  all: readonly Scanner[],
  rounds: number,
): Promise<void> {
  await vantage.unlock();
  const open = { open: LISTENED, refused: ALL - LISTENED.length, filtered: 0 };
  await compareOn(`an open pod, ${where}`, vantage, all, rounds, open);
  await vantage.lock();
  const locked = { open: [8_080], refused: 0, filtered: ALL - 1 };
  await compareOn(`a locked pod, ${where}`, vantage, all, rounds, locked);
}

async function compareOn(
  target: string,
  vantage: Vantage,
  all: readonly Scanner[],
  rounds: number,
  right: Required<Found>,
): Promise<void> {
  const results = all.map((scanner) => ({ scanner, seconds: [] as number[], wrong: 0 }));
  for (let round = 0; round < rounds; round++)
    for (const result of results) {
      const startedAt = performance.now();
      const found = await result.scanner.scan(vantage);
      result.seconds.push((performance.now() - startedAt) / 1_000);
      result.wrong = Math.max(result.wrong, wrongPorts(found, right));
    }
  const own = median(results[0]?.seconds ?? []);
  console.log(`All ${ALL} ports of ${target}: whole processes, ${rounds} rounds alternating`);
  console.table(
    results.map(({ scanner, seconds, wrong }) => ({
      scanner: scanner.name,
      'median s': hundredths(median(seconds)),
      'slowest s': hundredths(Math.max(...seconds)),
      'portlock / it': hundredths(own / median(seconds)),
      'wrong ports at most': wrong,
    })),
  );
}

function wrongPorts(found: Found, right: Required<Found>): number {
  const open = new Set(found.open);
  const missed = right.open.filter((port) => !open.has(port)).length;
  const invented = found.open.filter((port) => !right.open.includes(port)).length;
  const fewer = (kind: 'refused' | 'filtered') =>
    found[kind] === undefined ? 0 : Math.max(0, right[kind] - found[kind]);
  return Math.max(missed + invented, fewer('refused') + fewer('filtered'));
}
