/**
 * What `report -o html` makes of 5,000 workloads, and what Chromium makes of that: at most 3 MB, and two seconds from the
 * request to the answer of the first search. Also how long later searches take.
 *
 *     npm run bench:report
 */
import { spawnSync } from 'node:child_process';
import { rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { startChromium } from '../e2e/browser/chromium.ts';
import { folderOfManifests } from './manifests/folder.ts';
import { hundredths, median } from './statistics.ts';

const WORKLOADS = 5_000;
const RUNS = 5;
const program = fileURLToPath(new URL('../dist/portlock.js', import.meta.url));

function portlock(args: readonly string[], input?: string): string {
  const options = { encoding: 'utf8', maxBuffer: 1e9, input } as const;
  return spawnSync(process.execPath, [program, ...args, '-q'], options).stdout;
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const from = performance.now();
  await work();
  return (performance.now() - from) / 1_000;
}

/** One visit by a reader whose browser runs already. */
async function visit(browser: Browser, url: string) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const search = async (text: string) => {
    await page.fill('#search', text);
    await page.locator('output', { hasText: 'shown' }).waitFor();
  };
  const usable = await seconds(async () => {
    await page.goto(url);
    await search('web-4999');
  });
  const { metrics } = await session.send('Performance.getMetrics');
  const computing = metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0;
  const again = await seconds(() => search('web-1234'));
  const all = await seconds(() => search(''));
  await page.close();
  return { usable, computing, again, all };
}

const folder = folderOfManifests(WORKLOADS);
try {
  const audit = portlock(['audit', '-f', folder, '-o', 'json']);
  const file = path.join(folder, 'report.html');
  const making = await seconds(async () =>
    writeFileSync(file, portlock(['report', '-o', 'html'], audit)),
  );
  const browser = await startChromium();
  const visits: Awaited<ReturnType<typeof visit>>[] = [];
  for (let run = 0; run < RUNS; run += 1)
    visits.push(await visit(browser, pathToFileURL(file).href));
  await browser.close();
  const middle = (of: keyof (typeof visits)[number]) =>
    hundredths(median(visits.map((each) => each[of])));
  console.table({
    'the page, MB': hundredths(statSync(file).size / 1e6),
    'making it, s': hundredths(making),
    'until it answers a search, s': middle('usable'),
    'of that its thread computes, s': middle('computing'),
    'another search, s': middle('again'),
    'all again, s': middle('all'),
  });
} finally {
  rmSync(folder, { recursive: true });
}
