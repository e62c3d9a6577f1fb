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
    ['the unspecified IPv6 with a zone', { ...valid, ip: '::%eth0' }, 'the unspecified address'],
    ['a port that is no list', { ...valid, ports: 80 as unknown as [] }, 'ports are a list'],
    ['an expected port that is none', { ...valid, expected: [0] }, 'port 0 is not an integer'],
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

  it('takes all ports there are, and a list from the first to the last', () => {
    expect(validateJob({ ...valid, ports: 'all' }).ports).toBe('all');
    expect(validateJob({ ...valid, ports: [65_535, 1] }).ports).toEqual([1, 65_535]);
  });

  it('expects answers of ports alone that are asked', () => {
    const expected = [443, 80, 8_080, 80];
    expect(validateJob({ ...valid, ports: [80, 443], expected }).expected).toEqual([80, 443]);
    expect(validateJob({ ...valid, ports: 'all', expected }).expected).toEqual([80, 443, 8_080]);
  });

  it.each(['10.1.2.3', '100.0.0.0', 'fd00::1', 'fd00::', 'fe80::1%eth0', '::1', '0::a%0'])(
    'accepts %s',
    (ip) => {
      expect(validateJob({ ip, ports: 'all', priority: 'sweep' }).ip).toBe(ip);
    },
  );
});
