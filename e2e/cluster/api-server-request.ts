import { request } from 'node:https';

import { apiServerAddress } from './topology.ts';

/** What a request to the API server needs; a start polls, and a kubectl a poll would cost seconds. */
export interface ApiServer {
  readonly authority: string;
  readonly token: string;
  readonly signal: AbortSignal | undefined;
}

export interface ApiServerResponse {
  readonly status: number;
  readonly text: string;
}

const timeoutMilliseconds = 60_000;

/** Sends one request, with a JSON body if there is one. Throws where there is no connection. */
export function apiServerRequest(
  { authority, token, signal }: ApiServer,
  method: 'GET' | 'POST',
  path: string,
  body?: object,
): Promise<ApiServerResponse> {
  return new Promise((resolve, reject) => {
    const sent = request(
      new URL(path, apiServerAddress),
      {
        method,
        ca: authority,
        agent: false,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        timeout: timeoutMilliseconds,
        ...(signal === undefined ? {} : { signal }),
      },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (part: string) => {
          text += part;
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
        response.on('error', reject);
      },
    );
    sent.on('timeout', () => sent.destroy(new Error(`no answer in ${timeoutMilliseconds} ms`)));
    sent.on('error', reject);
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

/** Creates an object, given the path of its kind. Throws with the API server's words. */
export async function createObject(server: ApiServer, path: string, object: object): Promise<void> {
  const { status, text } = await apiServerRequest(server, 'POST', path, object);
  if (status !== 201) throw new Error(`POST ${path} was answered with ${status}: ${text}`);
}
