import { describe, expect, it } from 'vitest';
import { type ProbeJob, validateJob } from './job.ts';

const valid: ProbeJob = { ip: '10.1.2.3', ports: [80], priority: 'check' };

describe('validateJob', () => {
  it.each([
    ['a name', { ...valid, ip: 'localhost' }, 'cannot probe: "localhost" is not an IP address'],
    ['an IPv4 with a port', { ...valid, ip: '10.1.2.3:80' }, 'is not an IP address'],
    ['the unspecified IPv4', { ...valid, ip: '0.0.0.0' }, 'is the unspecified address'],
    ['the unspecified IPv6', { ...valid, ip: '::' }, 'is the unspecified address'],
    [
      'the unspecified IPv6, long',
      { ...valid, ip: '0:0:0:0:0:0:0:0' },
      'is the unspecified address',
    ],
    ['no port', { ...valid, ports: [] }, 'no ports to probe'],
    ['port 0', { ...valid, ports: [80, 0] }, 'port 0 is not an integer from 1 to 65535'],
    ['port 65536', { ...valid, ports: [65_536] }, 'port 65536 is not'],
    ['half a port', { ...valid, ports: [80.5] }, 'port 80.5 is not'],
    ['no number', { ...valid, ports: [Number.NaN] }, 'port NaN is not'],
    [
      'an unknown priority',
      { ...valid, priority: 'high' as 'check' },
      'priority "high" is neither',
    ],
  ])('rejects %s', (_, job, message) => {
    expect(() => validateJob(job)).toThrow(expect.objectContaining({ reason: 'InvalidJob' }));
    expect(() => validateJob(job)).toThrow(message);
  });

  it('sorts ports and counts duplicates once', () => {
    expect(validateJob({ ...valid, ports: [443, 80, 443] }).ports).toEqual([80, 443]);
  });

  it.each(['10.1.2.3', 'fd00::1', 'fe80::1%eth0', '::1'])('accepts %s', (ip) => {
    expect(validateJob({ ip, ports: 'all', priority: 'sweep' }).ip).toBe(ip);
  });
});
