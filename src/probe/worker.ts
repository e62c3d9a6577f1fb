/** The probe worker's own thread: an engine behind messages. Started by prober.ts, never imported. */
import { parentPort, workerData } from 'node:worker_threads';
import { Engine } from './engine.ts';
import { fileDescriptorLimit } from './file-descriptors.ts';
import type { Request, Response } from './messages.ts';
import type { ProbeLimits } from './options.ts';

const port = parentPort;
if (port === null) throw new Error('worker.ts runs in a worker thread only');

const limits = workerData as ProbeLimits;
const half = Math.floor((fileDescriptorLimit() ?? Number.POSITIVE_INFINITY) / 2);
const engine = new Engine({
  ...limits,
  maximumInFlight: Math.max(1, Math.min(limits.maximumInFlight, half)),
});
const aborts = new Map<number, AbortController>();

port.on('message', (request: Request) => {
  if (request.type === 'abort') {
    aborts.get(request.id)?.abort();
    return;
  }
  const abort = new AbortController();
  const { id, job } = request;
  aborts.set(id, abort);
  const answer = (response: Response) => port.postMessage(response);
  const onProgress = (done: number, total: number) => answer({ type: 'progress', id, done, total });
  engine
    .probe(job, abort.signal, request.wantsProgress ? { onProgress } : {})
    .then((reading) => answer({ type: 'reading', id, reading }))
    .catch((error: unknown) => {
      // An abort is answered by the prober itself; anything else is a defect and ends the worker.
      if (!abort.signal.aborted) throw error;
    })
    .finally(() => aborts.delete(id));
});
