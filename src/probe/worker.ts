/** The probe worker's own thread: an engine behind messages. Started by prober.ts, never imported. */
import { parentPort, workerData } from 'node:worker_threads';
import { Engine } from './engine.ts';
import type { Request, Response } from './messages.ts';
import type { ProbeLimits } from './options.ts';

const port = parentPort;
if (port === null) throw new Error('worker.ts runs in a worker thread only');

// Every refused connection makes an Error, whose stack nobody reads; it takes a tenth of a sweep's time.
Error.stackTraceLimit = 0;
const engine = new Engine(workerData as ProbeLimits);
const aborts = new Map<number, AbortController>();

port.on('message', (request: Request) => {
  if (request.type === 'abort') {
    aborts.get(request.id)?.abort();
    return;
  }
  if (request.type === 'rates') {
    engine.setRates(request.rates);
    return;
  }
  if (request.type === 'end') {
    for (const abort of aborts.values()) abort.abort();
    port.close();
    return;
  }
  const abort = new AbortController();
  const { id, work } = request;
  aborts.set(id, abort);
  const answer = (response: Response) => port.postMessage(response);
  const onProgress = (done: number, total: number) => answer({ type: 'progress', id, done, total });
  engine
    .probe(work, abort.signal, request.wantsProgress ? { onProgress } : {})
    .then((tally) => answer({ type: 'tally', id, tally }))
    .catch((error: unknown) => {
      // An abort is answered by the prober itself; anything else is a defect and ends the worker.
      if (!abort.signal.aborted) throw error;
    })
    .finally(() => aborts.delete(id));
});
