import { createPrivateKey, X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { describe, expect, test } from 'vitest';
import { selfSigned } from './self-signed.ts';

const NOW = Date.parse('2026-11-26T12:00:00Z');
const NAME = 'portlock-metrics.portlock-system.svc';

describe('a certificate that was made here', () => {
  test('is signed by its own key, for the name that was asked for', async () => {
    const { cert, key } = await selfSigned(NAME, NOW);
    const certificate = new X509Certificate(cert);
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(certificate.checkPrivateKey(createPrivateKey(key))).toBe(true);
    expect(certificate.checkIssued(certificate)).toBe(true);
    expect(certificate.checkHost(NAME)).toBe(NAME);
    expect(certificate.checkHost('localhost')).toBeUndefined();
    expect(certificate.subject).toBe('CN=portlock');
    expect(() => createSecureContext({ cert, key })).not.toThrow();
  });

  test.each([
    ['2026-11-26T12:00:00Z', 'Nov 26 11:00:00 2026 GMT', 'Nov 26 12:00:00 2027 GMT'],
    ['2049-06-01T00:00:00Z', 'May 31 23:00:00 2049 GMT', 'Jun  1 00:00:00 2050 GMT'],
  ])('made at %s is valid for a year, and from before on', async (now, from, to) => {
    const { cert } = await selfSigned(NAME, Date.parse(now));
    const { validFrom, validTo } = new X509Certificate(cert);
    expect([validFrom, validTo]).toEqual([from, to]);
  });

  test('is another one each time, with a name of any length', async () => {
    const long = `${'a'.repeat(63)}.${'b'.repeat(63)}.${'c'.repeat(63)}.svc`;
    const made = [await selfSigned(NAME, NOW), await selfSigned(long, NOW)];
    const [first, second] = made.map(({ cert }) => new X509Certificate(cert));
    expect(first?.serialNumber).not.toBe(second?.serialNumber);
    expect(first?.fingerprint256).not.toBe(second?.fingerprint256);
    expect(second?.subjectAltName).toBe(`DNS:${long}`);
  });
});
