import { readFile, stat } from 'node:fs/promises';

/** A line of the API server's audit log. */
interface AuditEvent {
  readonly verb: string;
  readonly user: { readonly username: string };
  readonly objectRef?: {
    readonly resource: string;
    readonly namespace?: string;
    readonly name?: string;
    readonly subresource?: string;
  };
}

const READS = new Set(['get', 'list', 'watch']);

/** How long the audit log is now: from where `writesOf` reads on. */
export async function auditPosition(file: string): Promise<number> {
  return (await stat(file)).size;
}

/**
 * What an account wrote since then, as `patch shop/web-portlock of networkpolicies`. Renewals of
 * Leases, which say no more than that somebody lives, are left out.
 */
export async function writesOf(file: string, account: string, since: number): Promise<string[]> {
  const text = (await readFile(file)).subarray(since).toString('utf8');
  const events = text
    .split('\n')
    .filter(Boolean)
    .map((line): AuditEvent => JSON.parse(line));
  return events
    .filter(({ user, verb }) => user.username === account && !READS.has(verb))
    .flatMap(({ verb, objectRef }) => {
      if (!objectRef || objectRef.resource === 'leases') return [];
      const { resource, namespace, name, subresource } = objectRef;
      const kind = subresource ? `${resource}/${subresource}` : resource;
      return [`${verb} ${namespace}/${name} of ${kind}`];
    });
}
