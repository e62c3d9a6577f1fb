import { getEventListeners } from 'node:events';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { type ExecAnswer, ExecServer } from '../testing/exec-server.ts';
import { ScriptedApiServer, sendStatus } from '../testing/scripted-api-server.ts';
import { KubeClient } from './client.ts';

const pod = { namespace: 'ns', name: 'p' };
const command = { container: 'app', words: ['cat', '/proc/net/tcp'] };
const EXEC = 'GET /api/v1/namespaces/ns/pods/p/exec';
const SUCCESS = JSON.stringify({ status: 'Success' });

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function serve(answer: ExecAnswer): Promise<{ client: KubeClient; server: ExecServer }> {
  const server = await ExecServer.start(answer);
  const client = new KubeClient({ kubeConfig: server.kubeConfig() });
  closers.push(
    () => client.close(),
    () => server.close(),
  );
  return { client, server };
}

describe('exec', () => {
  it('asks for the command with its credentials, and puts the pieces together', async () => {
    const { client, server } = await serve((send) => {
      send(1, 'one ');
      send(2, 'outage');
      send(1, `two ${'x'.repeat(300)}`);
      send(3, SUCCESS);
    });
    expect(await client.exec(pod, command)).toEqual({
      stdout: `one two ${'x'.repeat(300)}`,
      stderr: 'outage',
      failure: undefined,
    });
    expect(server.calls).toMatchObject([
      {
        url: '/api/v1/namespaces/ns/pods/p/exec?container=app&command=cat&command=%2Fproc%2Fnet%2Ftcp&stdout=true&stderr=true',
        headers: {
          authorization: 'Bearer secret',
          'sec-websocket-protocol': 'v5.channel.k8s.io, v4.channel.k8s.io',
        },
      },
    ]);
  });

  it('tells what became of a command that failed', async () => {
    const message = 'exec: "cat": executable file not found in $PATH';
    const failure = JSON.stringify({ status: 'Failure', message });
    const { client } = await serve((send) => send(3, failure));
    expect((await client.exec(pod, command)).failure).toBe(message);
  });

  it.each([
    ['breaks', [], 'the connection failed'],
    ['is closed', [0x88, 0], 'the connection ended before the command did'],
  ])('fails where the connection %s before the command ends', async (_what, frame, message) => {
    const { client } = await serve((send, _, socket) => {
      send(1, 'half');
      socket.end(Buffer.from(frame));
    });
    await expect(client.exec(pod, command)).rejects.toMatchObject({
      reason: 'ApiServerUnreachable',
      message,
      cause: { name: 'ExecConnectionError', wasOpen: true },
    });
  });

  it('fails where the command writes without an end', async () => {
    const piece = 'x'.repeat(60_000);
    const { client } = await serve((send) => {
      for (let sent = 0; sent <= 32 * 1024 * 1024; sent += piece.length) send(1, piece);
    });
    await expect(client.exec(pod, command)).rejects.toThrow('it wrote more than 32 MiB');
  });

  it.each([
    ['that says no more', '{"status":"Failure"}', 'the command failed'],
    ['that is none', 'Success', 'the API server sent a status that is none'],
  ])('tells of a failure with a status %s', async (_what, status, failure) => {
    const { client } = await serve((send) => send(3, status));
    expect((await client.exec(pod, command)).failure).toBe(failure);
  });

  it('passes over what comes on channels that nobody knows', async () => {
    const { client } = await serve((send) => {
      send(4, 'resize');
      send(1, 'one');
      send(3, SUCCESS);
    });
    const result = { stdout: 'one', stderr: '', failure: undefined };
    expect(await client.exec(pod, command)).toEqual(result);
  });

  it('asks for nothing when it was aborted before', async () => {
    const reason = new Error('enough');
    const { client, server } = await serve((send) => send(3, SUCCESS));
    const signal = AbortSignal.abort(reason);
    await expect(client.exec(pod, command, { signal })).rejects.toBe(reason);
    expect(server.calls).toEqual([]);
  });

  it('leaves nothing on the signal when it has ended', async () => {
    const { signal } = new AbortController();
    const { client } = await serve((send) => send(3, SUCCESS));
    await client.exec(pod, command, { signal });
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('is given up after a quarter of a minute', async () => {
    const asked = Promise.withResolvers<void>();
    const { client } = await serve(() => asked.resolve());
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const outcome = client.exec(pod, command).catch((error: unknown) => error);
    await asked.promise;
    vi.advanceTimersByTime(15_000);
    expect(await outcome).toMatchObject({
      name: 'ApiUnreachableError',
      reason: 'ApiServerTimeout',
      message: 'no answer within 15 s',
    });
  });

  it('ends when it is aborted', async () => {
    const abort = new AbortController();
    const reason = new Error('enough');
    const { client } = await serve(() => abort.abort(reason));
    await expect(client.exec(pod, command, { signal: abort.signal })).rejects.toBe(reason);
  });
});

describe('an exec that comes to no connection', () => {
  async function refuse(...answers: { code: number; reason: string; message: string }[]) {
    const server = await ScriptedApiServer.start();
    const client = new KubeClient({ kubeConfig: server.kubeConfig() });
    closers.push(
      () => client.close(),
      () => server.close(),
    );
    for (const { code, ...status } of answers)
      server.expect(EXEC, (response) => sendStatus(response, code, status));
    const outcome = await client.exec(pod, command).catch((error: unknown) => error);
    await server.verify();
    return outcome;
  }

  it('says in the words of the API server why', async () => {
    const message = 'pods "p" is forbidden: User "u" cannot get resource "pods/exec"';
    const forbidden = { code: 403, reason: 'Forbidden', message };
    expect(await refuse(forbidden, forbidden)).toMatchObject({
      name: 'ApiError',
      status: 403,
      message,
    });
  });

  it('says that there is no answer where only the WebSocket does not come through', async () => {
    const badGateway = { code: 502, reason: '', message: 'proxy' };
    const upgrade = { code: 400, reason: 'BadRequest', message: 'Upgrade request required' };
    expect(await refuse(badGateway, upgrade)).toMatchObject({ reason: 'ApiServerUnreachable' });
  });
});
