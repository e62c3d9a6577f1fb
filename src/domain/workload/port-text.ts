import type { Protocol } from '../../api/kubernetes.ts';

/** A port as an annotation lists it. */
export interface ListedPort {
  port: number;
  protocol: Protocol;
}

/** Reads `9102/TCP`; undefined where it is no such port, or its number is not from 1 to 65535. */
export function readPort(text: string): ListedPort | undefined {
  const match = /^(\d{1,5})\/(TCP|UDP|SCTP)$/.exec(text);
  const port = Number(match?.[1]);
  if (!match || port < 1 || port > 65535) return undefined;
  return { port, protocol: match[2] as Protocol };
}
