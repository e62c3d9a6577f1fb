import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

import { LockHeldError, takeLock, waitForLock } from './lock.ts';

// Names of this test run alone: the locks are the machine's.
const name = (test: string) => `portlock-e2e-lock-test-${process.pid}-${test}`;

describe('a lock', () => {
  it('is had by one, and the next is told by whom', async () => {
    const lock = await takeLock('starting the cluster', name('held'));
    const second = takeLock('removing the cluster', name('held'));
    await expect(second).rejects.toThrow(LockHeldError);
    await expect(second).rejects.toThrow(
      new RegExp(`^Another one is at work: process ${process.pid} is starting the cluster, since`),
    );
    await lock.release();
  });

  it('can be taken again after its release', async () => {
    for (let time = 0; time < 2; time++) {
      const lock = await takeLock('starting the cluster', name('again'));
      await lock.release();
    }
  });

  it('is free when its holder was killed', async () => {
    const module = fileURLToPath(new URL('./lock.ts', import.meta.url));
    const script = `
      import { takeLock } from ${JSON.stringify(module)};
      await takeLock('being killed', ${JSON.stringify(name('killed'))});
      console.log('taken');
      setInterval(() => {}, 1000);`;
    const holder = spawn(process.execPath, ['--input-type=module', '--eval', script]);
    await once(holder.stdout, 'data');
    await expect(takeLock('waiting', name('killed'))).rejects.toThrow(`process ${holder.pid} is`);
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    await (await takeLock('waiting', name('killed'))).release();
  });

  it('is waited for, until the signal', async () => {
    const lock = await takeLock('building', name('waited'));
    const abort = new AbortController();
    const given = waitForLock('building', name('waited'), abort.signal);
    const givenUp = waitForLock('building', name('waited'), AbortSignal.abort(new Error('enough')));
    await expect(givenUp).rejects.toThrow('enough');
    await lock.release();
    await (await given).release();
  });
});
