import { generateKeyPair, randomBytes, sign } from 'node:crypto';
import { promisify } from 'node:util';

/** A certificate and its key, as PEM. */
export interface ServingPair {
  cert: string;
  key: string;
}

/** How long a certificate counts: whoever scrapes cannot verify it, and a new process makes a new one. */
const VALID_MILLISECONDS = 365 * 86_400_000;
/** Clocks differ. */
const EARLIER_MILLISECONDS = 3_600_000;

/** Tags of DER (X.690, 8.1.2). */
const TAG = {
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  objectIdentifier: 0x06,
  utf8String: 0x0c,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
  dnsName: 0x82,
  version: 0xa0,
  extensions: 0xa3,
} as const;

/** Object identifiers as DER has them. */
const COMMON_NAME = Buffer.from([0x55, 0x04, 0x03]);
const SUBJECT_ALT_NAME = Buffer.from([0x55, 0x1d, 0x11]);
const ECDSA_WITH_SHA256 = Buffer.from([0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02]);

/**
 * A new key (P-256) and a certificate of it for one DNS name, signed by the key itself: what a server shows that nobody
 * gave a certificate.
 *
 * @param now in milliseconds since the epoch
 */
export async function selfSigned(dnsName: string, now: number): Promise<ServingPair> {
  const { publicKey, privateKey } = await promisify(generateKeyPair)('ec', {
    namedCurve: 'prime256v1',
  });
  const algorithm = der(TAG.sequence, der(TAG.objectIdentifier, ECDSA_WITH_SHA256));
  const name = distinguishedName('portlock');
  // "TBSCertificate ::= SEQUENCE { version [0] ..., extensions [3] ... }" (RFC 5280, 4.1)
  const toBeSigned = der(
    TAG.sequence,
    der(TAG.version, der(TAG.integer, Buffer.from([2]))),
    der(TAG.integer, serialNumber()),
    algorithm,
    name,
    der(TAG.sequence, time(now - EARLIER_MILLISECONDS), time(now + VALID_MILLISECONDS)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(TAG.extensions, der(TAG.sequence, subjectAltName(dnsName))),
  );
  const signature = sign('sha256', toBeSigned, privateKey);
  const certificate = der(TAG.sequence, toBeSigned, algorithm, bitString(signature));
  return {
    cert: pem('CERTIFICATE', certificate),
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

/** "The serial number MUST be a positive integer", of 20 octets at most (RFC 5280, 4.1.2.2). */
function serialNumber(): Buffer {
  return Buffer.concat([Buffer.from([0x01]), randomBytes(15)]);
}

function distinguishedName(commonName: string): Buffer {
  const attribute = der(
    TAG.sequence,
    der(TAG.objectIdentifier, COMMON_NAME),
    der(TAG.utf8String, Buffer.from(commonName)),
  );
  return der(TAG.sequence, der(TAG.set, attribute));
}

function subjectAltName(dnsName: string): Buffer {
  const names = der(TAG.sequence, der(TAG.dnsName, Buffer.from(dnsName, 'ascii')));
  return der(
    TAG.sequence,
    der(TAG.objectIdentifier, SUBJECT_ALT_NAME),
    der(TAG.octetString, names),
  );
}

/** "dates through the year 2049 as UTCTime; ... 2050 or later ... as GeneralizedTime" (RFC 5280, 4.1.2.5). */
function time(at: number): Buffer {
  const digits = `${new Date(at).toISOString().replace(/\.\d+|\D/g, '')}Z`;
  return Number(digits.slice(0, 4)) < 2050
    ? der(TAG.utcTime, Buffer.from(digits.slice(2)))
    : der(TAG.generalizedTime, Buffer.from(digits));
}

function bitString(bytes: Buffer): Buffer {
  return der(TAG.bitString, Buffer.from([0]), bytes);
}

/** A tag, the length in its shortest form, and the contents. */
function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const contents = Buffer.concat(parts);
  const { length } = contents;
  const bytes = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8];
  if (length >= 0x100) bytes.push(length & 0xff);
  return Buffer.concat([Buffer.from([tag, ...bytes]), contents]);
}

function pem(label: string, bytes: Buffer): string {
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}
