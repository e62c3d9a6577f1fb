import type { Protocol } from '../../api/kubernetes.ts';

/** Reads `9102/TCP`, as annotations list ports; undefined where it is none, or its number is not from 1 to 65535. */
export function readPort(text: string): { port: number; protocol: Protocol } | undefined {
  const match = /^(\d{1,5})\/(TCP|UDP|SCTP)$/.exec(text);
  const port = Number(match?.[1]);
  if (!match || port < 1 || port > 65535) return undefined;
  return { port, protocol: match[2] as Protocol };
}
