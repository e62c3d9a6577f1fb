/**
 * `npm run bench:relist`: the peak of resident memory while a list of large objects is read, page by page and object
 * by object. Each reading is a process of its own, limited to a heap of 128 MB, beside a server on loopback.
 */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resourceUsage } from 'node:process';
import { promisify } from 'node:util';
import { KubeConfig } from '@kubernetes/client-node';
import { KubeClient } from '../src/kube/client.ts';
import { PODS } from '../src/kube/resources.ts';

const MANY = [
  { what: '60 objects of 1.1 MB', count: 60, bytes: 1_100_000 },
  { what: '140 objects of 500 KB', count: 140, bytes: 500_000 },
  { what: '100 objects of 1 MB', count: 100, bytes: 1_000_000 },
  { what: '2,000 objects of 1 MB', count: 2_000, bytes: 1_000_000 },
  { what: '10,000 objects of 4 KB', count: 10_000, bytes: 4_000 },
] as const;

const [, , way, server] = process.argv;
if (way === undefined || server === undefined) await compare();
else await readOnce(way, server);

async function compare(): Promise<void> {
  for (const { what, count, bytes } of MANY) {
    const annotations = Object.fromEntries(
      Array.from({ length: Math.ceil(bytes / 200) }, (_, at) => [`key-${at}`, 'x'.repeat(185)]),
    );
    const one = JSON.stringify({ metadata: { name: 'x', annotations } });
    const listener = createServer((request, response) => {
      const query = new URL(request.url ?? '', 'http://localhost').searchParams;
      const from = Number(query.get('continue') ?? 0);
      const to = Math.min(count, from + Number(query.get('limit') ?? count));
      void answer(response, one, { items: to - from, next: to < count ? String(to) : '' });
    }).listen(0, '127.0.0.1');
    await once(listener, 'listening');
    const url = `http://127.0.0.1:${(listener.address() as AddressInfo).port}`;
    for (const each of ['nothing', 'pages', 'objects'])
      process.stdout.write(`| ${what} | ${each} | ${await peak(each, url)} |\n`);
    listener.close();
  }
}

async function answer(
  response: ServerResponse,
  one: string,
  { items, next }: { items: number; next: string },
): Promise<void> {
  response.write(`{"metadata":{"resourceVersion":"7","continue":"${next}"},"items":[`);
  for (let item = 0; item < items; item += 1)
    if (!response.write(item === 0 ? one : `,${one}`)) await once(response, 'drain');
  response.end(']}');
}

async function peak(way: string, url: string): Promise<string> {
  const words = ['--max-old-space-size=128', import.meta.filename, way, url];
  try {
    return (await promisify(execFile)(process.execPath, words)).stdout;
  } catch (error) {
    return /heap out of memory/.test(String((error as { stderr?: string }).stderr))
      ? 'out of memory'
      : String(error);
  }
}

async function readOnce(way: string, server: string): Promise<void> {
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromClusterAndUser({ name: 'b', server, skipTLSVerify: true }, { name: 'b' });
  const client = new KubeClient({ kubeConfig });
  const startedAt = performance.now();
  let count = 0;
  if (way === 'pages') for await (const { items } of client.list(PODS)) count += items.length;
  if (way === 'objects')
    await client.forEach(PODS, {}, () => {
      count += 1;
    });
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  const megabytes = Math.round(resourceUsage().maxRSS / 1024);
  process.stdout.write(`${megabytes} MB | ${seconds} s | ${count} read`);
  await client.close();
}
