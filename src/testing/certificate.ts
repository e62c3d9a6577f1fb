import { generateKeyPairSync, randomBytes } from 'node:crypto';
import forge from 'node-forge';
import { once } from '../domain/evaluate/once.ts';

/** A self-signed certificate for 127.0.0.1, localhost and other names, which is its own authority, as PEM. */
export interface TestCertificate {
  certificate: string;
  key: string;
}

const DAY = 86_400_000;
/** The kinds of name that a certificate may be for (RFC 5280, 4.2.1.6). */
const DNS_NAME = 2;
const IP_ADDRESS = 7;

/**
 * Makes a new certificate, valid for a day, with an RSA key of 2048 bits. Node has no function for
 * that, and neither a key in the repository nor a need for the openssl program is wanted.
 */
export function createCertificate(names: readonly string[] = []): TestCertificate {
  // Node makes a key in a tenth of the time, and forge writes the certificate.
  const { publicKey, privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  });
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = forge.pki.publicKeyFromPem(publicKey);
  certificate.serialNumber = `01${randomBytes(15).toString('hex')}`;
  certificate.validity.notBefore = new Date(Date.now() - DAY);
  certificate.validity.notAfter = new Date(Date.now() + DAY);
  const name = [{ name: 'commonName', value: 'portlock test' }];
  certificate.setSubject(name);
  certificate.setIssuer(name);
  const dnsNames = ['localhost', ...names].map((value) => ({ type: DNS_NAME, value }));
  certificate.setExtensions([
    { name: 'basicConstraints', critical: true, cA: true },
    { name: 'subjectAltName', altNames: [{ type: IP_ADDRESS, ip: '127.0.0.1' }, ...dnsNames] },
  ]);
  certificate.sign(forge.pki.privateKeyFromPem(privateKey), forge.md.sha256.create());
  return {
    certificate: forge.pki.certificateToPem(certificate),
    key: privateKey,
  };
}

/** One certificate for all tests of a process that do not care which: to make one takes a quarter of a second. */
export const sharedCertificate = once(createCertificate);
