import { KubeConfig } from '@kubernetes/client-node';
import { expect, onTestFinished, test } from 'vitest';
import { Transport } from './transport.ts';

function transportTo(server: string): Transport {
  const kubeConfig = new KubeConfig();
  const cluster = { name: 'c', server, skipTLSVerify: true };
  kubeConfig.loadFromClusterAndUser(cluster, { name: 'u', token: 'secret' });
  const transport = new Transport({ kubeConfig });
  onTestFinished(() => transport.close());
  return transport;
}

test.each([
  ['https://api.example:6443', 'wss://api.example:6443/api/v1?stdout=true'],
  ['http://127.0.0.1:8001', 'ws://127.0.0.1:8001/api/v1?stdout=true'],
  ['https://rancher.example/k8s/c-1/', 'wss://rancher.example/k8s/c-1/api/v1?stdout=true'],
])('a WebSocket to %s is as safe as its other calls', async (server, expected) => {
  const request = { method: 'GET', path: '/api/v1', query: { stdout: true } } as const;
  const { url, headers } = await transportTo(server).webSocket(request);
  expect(url).toBe(expected);
  expect(headers).toMatchObject({ 'user-agent': 'portlock', authorization: 'Bearer secret' });
});
