import { randomBytes } from 'node:crypto';
import forge from 'node-forge';

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
  const { publicKey, privateKey } = forge.pki.rsa.generateKeyPair(2048);
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = publicKey;
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
  certificate.sign(privateKey, forge.md.sha256.create());
  return {
    certificate: forge.pki.certificateToPem(certificate),
    key: forge.pki.privateKeyToPem(privateKey),
  };
}
