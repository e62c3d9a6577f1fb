import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setInterval } from 'node:timers/promises';
import { createSecureContext } from 'node:tls';
import { describeError, type Log } from './log.ts';
import type { ServingPair } from './self-signed.ts';

/** As a Secret of the type kubernetes.io/tls is mounted. */
const CERTIFICATE = 'tls.crt';
const KEY = 'tls.key';

/** How often it is looked whether the files changed, in ms: certificates are renewed long before they end. */
const LOOK = 10_000;

/**
 * The certificate and the key in a folder.
 *
 * @throws Error in one line where one is missing, or they do not belong together
 */
export async function readServingFiles(folder: string): Promise<ServingPair> {
  const read = (name: string) => readFile(path.join(folder, name), 'utf8');
  const pair = { cert: await read(CERTIFICATE), key: await read(KEY) };
  try {
    createSecureContext(pair);
  } catch (error) {
    throw new Error(`${CERTIFICATE} and ${KEY} in ${folder} cannot be used`, { cause: error });
  }
  return pair;
}

/**
 * Tells of each new pair in the folder, until `stop` is called; a bad one is logged once, and the last good one stays.
 *
 * @param current the pair that is in use
 */
export function followServingFiles(
  folder: string,
  current: ServingPair,
  { log, onChange, every = LOOK }: FollowOptions,
): () => void {
  let known = current;
  let trouble = '';
  const look = async () => {
    try {
      const pair = await readServingFiles(folder);
      trouble = '';
      if (pair.cert === known.cert && pair.key === known.key) return;
      known = pair;
      onChange(pair);
      log.info('Took the new certificate for metrics', { folder });
    } catch (error) {
      const why = describeError(error);
      if (why !== trouble) log.warn('The certificate for metrics is not replaced', { error: why });
      trouble = why;
    }
  };
  const stop = new AbortController();
  // One look after the other: what was read first must not be told last.
  const follow = async () => {
    for await (const _ of setInterval(every, undefined, { ref: false, signal: stop.signal }))
      await look();
  };
  follow().catch((error: unknown) => {
    if (!stop.signal.aborted) throw error;
  });
  return () => stop.abort();
}

export interface FollowOptions {
  log: Log;
  onChange: (pair: ServingPair) => void;
  /** Between two looks, in ms. */
  every?: number;
}
