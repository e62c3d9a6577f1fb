import { isIP } from 'node:net';
import { ProbeError } from './probe-error.ts';

/** Which connections go first: a check's always go before a sweep's. */
export type Priority = 'check' | 'sweep';

/** One IP to probe. */
export interface ProbeJob {
  /** An IPv4 or IPv6 literal; never a name, so that nothing is resolved. */
  ip: string;
  /** TCP ports from 1 to 65535, at least one (duplicates count once), or all 65,535 of them. */
  ports: readonly number[] | 'all';
  priority: Priority;
  /** The node that the target runs on: those of one node share a rate. */
  node?: string;
  /**
   * Those of the ports that should answer, such as declared ones. They are tried first: how soon they
   * answer says how long the others are to be waited for, and whether anything is lost on the way.
   */
  expected?: readonly number[];
}

export const LAST_PORT = 65_535;

/** Connecting to these reaches this machine itself, whatever pod was meant. */
const UNSPECIFIED = /^(0\.0\.0\.0|[0:]+(%.*)?)$/;

/**
 * Returns the job with its ports sorted and unique.
 * @throws {ProbeError} InvalidJob, with the reason
 */
export function validateJob(job: ProbeJob): ProbeJob {
  if (isIP(job.ip) === 0) throw invalid(`"${job.ip}" is not an IP address`);
  if (UNSPECIFIED.test(job.ip)) throw invalid(`"${job.ip}" is the unspecified address`);
  if (job.priority !== 'check' && job.priority !== 'sweep')
    throw invalid(`priority "${String(job.priority)}" is neither "check" nor "sweep"`);
  const { ip, priority, node } = job;
  const target = { ip, priority, ...(node && { node }) };
  const expected = validatePorts(job.expected ?? []);
  if (job.ports === 'all') return { ...target, ports: 'all', expected };
  const ports = validatePorts(job.ports);
  if (ports.length === 0) throw invalid('no ports to probe');
  return { ...target, ports, expected: expected.filter((port) => ports.includes(port)) };
}

function validatePorts(ports: readonly number[]): number[] {
  if (!Array.isArray(ports)) throw invalid('ports are a list of numbers, or "all"');
  for (const port of ports)
    if (!Number.isInteger(port) || port < 1 || port > LAST_PORT)
      throw invalid(`port ${String(port)} is not an integer from 1 to ${LAST_PORT}`);
  return [...new Set(ports)].sort((a, b) => a - b);
}

function invalid(message: string): ProbeError {
  return new ProbeError('InvalidJob', `cannot probe: ${message}`);
}
