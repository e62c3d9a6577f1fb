import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { AxeResults } from 'axe-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AuditResult } from '../../src/api/audit-result.ts';
import {
  auditedWorkload,
  auditFinding,
  auditResult,
  auditWithTexts,
} from '../../src/testing/audit-results.ts';
import { startChromium } from './chromium.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const SIZES = {
  desktop: { width: 1280, height: 900 },
  tablet: { width: 820, height: 1100 },
  phone: { width: 375, height: 812 },
} as const;
const SCHEMES = ['light', 'dark'] as const;
const AXE = readFileSync(path.join(ROOT, 'node_modules/axe-core/axe.min.js'), 'utf8');

const folder = mkdtempSync(path.join(tmpdir(), 'portlock-browser-'));
let browser: Browser;
let url: string;

function portlock(args: readonly string[], input?: string): string {
  const command = [path.join(ROOT, 'src/cli.ts'), ...args, '-q'];
  const options = { cwd: ROOT, encoding: 'utf8', maxBuffer: 1e8, input } as const;
  return spawnSync(process.execPath, command, options).stdout;
}

/** @returns the address of the page that shows it */
function pageOf(name: string, audit: AuditResult): string {
  const file = path.join(folder, `${name}.html`);
  writeFileSync(file, portlock(['report', '-o', 'html'], JSON.stringify(audit)));
  return pathToFileURL(file).href;
}

/** The manifests of the command's own tests, many of which are wrong, and a workload that was looked at. */
beforeAll(async () => {
  const manifests = 'src/commands/testdata/manifests';
  const audit: AuditResult = JSON.parse(portlock(['audit', '-f', manifests, '-o', 'json']));
  const seen = auditedWorkload({
    name: 'looked-at',
    reachable: [{ port: 9090, protocol: 'TCP' }],
    cuts: [{ port: '9090', protocol: 'TCP', users: ['Service shop/web port 80'], holds: true }],
    connected: [{ port: 9090, protocol: 'TCP', peers: ['shop/client'] }],
    findings: [
      auditFinding({ id: 'PL003', name: 'UndeclaredInUse', severity: 'high', patch: 'ports: []' }),
    ],
  });
  url = pageOf('report', { ...audit, workloads: [seen, ...audit.workloads] });
  browser = await startChromium();
});
afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true });
});

/** Opens the report and lets it be used; then all that belongs to it ends. */
async function withPage<T>(
  options: BrowserContextOptions,
  use: (page: Page) => Promise<T>,
  address = url,
): Promise<T> {
  const context = await browser.newContext(options);
  try {
    const page = await context.newPage();
    await page.goto(address);
    return await use(page);
  } finally {
    await context.close();
  }
}

test('nothing is loaded from anywhere, and nothing goes wrong', async () => {
  await withPage({}, async (page) => {
    const requests: string[] = [];
    const troubles: string[] = [];
    page.on('request', (request) => requests.push(request.url()));
    page.on('console', (message) => troubles.push(message.text()));
    page.on('pageerror', (error) => troubles.push(String(error)));
    await page.reload({ waitUntil: 'networkidle' });
    expect([requests, troubles]).toEqual([[url], []]);
  });
});

describe.each(SCHEMES)('in %s colours', (colorScheme) => {
  test.each(Object.entries(SIZES))('on a %s it fits the width', async (_, viewport) => {
    const widths = await withPage({ colorScheme, viewport }, (page) =>
      page.evaluate('[document.documentElement.scrollWidth, innerWidth]'),
    );
    expect(widths).toEqual([viewport.width, viewport.width]);
  });

  test.each(Object.entries(SIZES))('on a %s axe finds nothing serious', async (_, viewport) => {
    // The page lets no other script in.
    const found = await withPage({ colorScheme, viewport, bypassCSP: true }, async (page) => {
      await page.evaluate(AXE);
      const results: AxeResults = await page.evaluate('axe.run()');
      return results.violations
        .filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .map(({ id, nodes }) => [id, nodes[0]?.html]);
    });
    expect(found).toEqual([]);
  });
});

test('the colours are those that the reader has chosen, and on paper black on white', async () => {
  const paper = (page: Page) => page.evaluate('getComputedStyle(document.body).backgroundColor');
  await withPage({ colorScheme: 'light' }, async (light) => {
    await withPage({ colorScheme: 'dark' }, async (dark) => {
      expect(await paper(dark)).not.toBe(await paper(light));
      await dark.emulateMedia({ media: 'print' });
      expect(await paper(dark)).toBe('rgb(255, 255, 255)');
    });
  });
});

test('on paper every fix is shown, and nothing that can only be used on a screen', async () => {
  await withPage({}, async (page) => {
    const fix = page.locator('details pre').first();
    const height = async () => (await fix.boundingBox())?.height ?? 0;
    expect(await height()).toBe(0);
    await page.emulateMedia({ media: 'print' });
    expect(await height()).toBeGreaterThan(0);
    expect(await page.locator('form').isVisible()).toBe(false);
    expect((await page.pdf()).subarray(0, 5).toString()).toBe('%PDF-');
  });
});

test('without script all of it is there, and nothing that does nothing', async () => {
  const script = await withPage({}, (page) => page.locator('article:visible').count());
  await withPage({ javaScriptEnabled: false }, async (page) => {
    expect(await page.locator('article:visible').count()).toBe(script);
    expect(await page.locator('form').isVisible()).toBe(false);
    await page.locator('summary').first().click();
    expect(await page.locator('details pre').first().isVisible()).toBe(true);
  });
});

describe('search and filter', () => {
  const shown = (page: Page) => page.locator('article:visible h3').allTextContents();

  test('every word counts, and nothing is lost when they go', async () => {
    await withPage({}, async (page) => {
      const all = await shown(page);
      await page.fill('#search', 'looked-at 9090 pl003');
      expect(await shown(page)).toEqual(['Deployment looked-at']);
      expect(await page.locator('output').textContent()).toBe(`1 of ${all.length} shown`);
      expect(await page.locator('section.namespace:visible').count()).toBe(1);
      await page.fill('#search', 'no such thing');
      expect(await shown(page)).toEqual([]);
      await page.fill('#search', '');
      expect(await shown(page)).toEqual(all);
    });
  });

  test('by severity the worse ones stay', async () => {
    await withPage({}, async (page) => {
      await page.selectOption('#severity', 'high');
      expect(await shown(page)).toContain('Deployment looked-at');
      const classes = await page
        .locator('article:visible')
        .evaluateAll((nodes) => nodes.map(({ className }) => className));
      expect([...new Set(classes)]).toEqual(['high']);
    });
  });
});

test('a fix is copied as it stands', async () => {
  const options = { permissions: ['clipboard-read', 'clipboard-write'] };
  await withPage(options, async (page) => {
    const article = page.locator('article', { hasText: 'looked-at' });
    await article.locator('summary').click();
    await article.getByRole('button', { name: 'Copy' }).click();
    expect(await article.getByRole('button').textContent()).toBe('Copied');
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe('ports: []');
  });
});

test('by keyboard alone the search, a link and a fix are reached', async () => {
  await withPage({}, async (page) => {
    const reached = new Set<string>();
    for (let press = 0; press < 100 && !reached.has('SUMMARY'); press += 1) {
      await page.keyboard.press('Tab');
      reached.add(await page.evaluate('document.activeElement.tagName'));
    }
    expect([...reached]).toEqual(expect.arrayContaining(['A', 'INPUT', 'SELECT', 'SUMMARY']));
  });
});

test('names that look like markup are text', async () => {
  const hostile = auditWithTexts(
    (what) =>
      `"'><script>window.done='${what}'</script><img src=x onerror="window.done='${what}'">`,
  );
  const address = pageOf('hostile', auditResult({ ...hostile }));
  await withPage(
    {},
    async (page) => {
      expect(await page.evaluate('window.done')).toBeUndefined();
      expect(await page.locator('img').count()).toBe(0);
      expect(await page.locator('article h3').textContent()).toContain('<script>');
    },
    address,
  );
});

/** Many of its pictures and fixes are one. */
test('a large page shows and finds what stands on it once, and axe finds nothing serious', async () => {
  const workloads = Array.from({ length: 201 }, (_, index) =>
    auditedWorkload({
      name: `web-${index}`,
      declared: [{ port: 8080 + (index % 2), protocol: 'TCP', containers: ['app'] }],
      findings: [auditFinding({ patch: `a: ${index % 2}\n` })],
    }),
  );
  const address = pageOf('large', auditResult({ workloads }));
  await withPage(
    { bypassCSP: true },
    async (page) => {
      await page.fill('#search', '8081/tcp');
      expect(await page.locator('output').textContent()).toBe('100 of 201 shown');
      const marks = await page.locator('article:visible use').first().boundingBox();
      expect(Math.min(marks?.width ?? 0, marks?.height ?? 0)).toBeGreaterThan(10);
      await page.locator('article:visible a', { hasText: 'Fix' }).first().click();
      const fix = page.locator('pre', { hasText: 'a: 1' });
      expect(await fix.isVisible()).toBe(true);
      await page.evaluate(AXE);
      const results: AxeResults = await page.evaluate('axe.run()');
      expect(results.violations.filter(({ impact }) => impact === 'serious')).toEqual([]);
    },
    address,
  );
});
