import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';

/** A self-signed certificate for 127.0.0.1, localhost and other names, which is its own authority, as PEM. */
export interface TestCertificate {
  certificate: string;
  key: string;
}

const SEQUENCE = 0x30;
const SET = 0x31;
const INTEGER = 0x02;
const BIT_STRING = 0x03;
const OCTET_STRING = 0x04;
const OBJECT_IDENTIFIER = 0x06;
const UTF8_STRING = 0x0c;
const UTC_TIME = 0x17;
const BOOLEAN = 0x01;

const ECDSA_WITH_SHA256 = tlv(SEQUENCE, tlv(OBJECT_IDENTIFIER, hex('2a8648ce3d040302')));

/**
 * Makes a new certificate, valid for a day: Node has no function for that, and neither a key in the
 * repository nor a need for the openssl program is wanted.
 */
export function createCertificate(names: readonly string[] = []): TestCertificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const commonName = tlv(
    SEQUENCE,
    tlv(OBJECT_IDENTIFIER, hex('550403')),
    tlv(UTF8_STRING, text('portlock test')),
  );
  const name = tlv(SEQUENCE, tlv(SET, commonName));
  const day = 86_400_000;
  const validity = tlv(SEQUENCE, utcTime(Date.now() - day), utcTime(Date.now() + day));
  const dnsNames = ['localhost', ...names].map((each) => tlv(0x82, text(each)));
  const alternatives = tlv(SEQUENCE, tlv(0x87, hex('7f000001')), ...dnsNames);
  const extensions = tlv(
    SEQUENCE,
    extension('551d13', tlv(SEQUENCE, tlv(BOOLEAN, hex('ff'))), 'critical'),
    extension('551d11', alternatives, 'optional'),
  );
  const toBeSigned = tlv(
    SEQUENCE,
    tlv(0xa0, tlv(INTEGER, hex('02'))),
    tlv(INTEGER, Buffer.concat([hex('01'), randomBytes(15)])),
    ECDSA_WITH_SHA256,
    name,
    validity,
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    tlv(0xa3, extensions),
  );
  const signature = sign('sha256', toBeSigned, privateKey);
  const der = tlv(SEQUENCE, toBeSigned, ECDSA_WITH_SHA256, tlv(BIT_STRING, hex('00'), signature));
  return {
    certificate: pem('CERTIFICATE', der),
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

function extension(identifier: string, value: Buffer, kind: 'critical' | 'optional'): Buffer {
  const critical = kind === 'critical' ? [tlv(BOOLEAN, hex('ff'))] : [];
  return tlv(
    SEQUENCE,
    tlv(OBJECT_IDENTIFIER, hex(identifier)),
    ...critical,
    tlv(OCTET_STRING, value),
  );
}

/** One DER element: tag, length, value. */
function tlv(tag: number, ...values: Buffer[]): Buffer {
  const value = Buffer.concat(values);
  if (value.length < 0x80) return Buffer.concat([Buffer.from([tag, value.length]), value]);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(value.length);
  return Buffer.concat([Buffer.from([tag, 0x82]), length, value]);
}

function utcTime(milliseconds: number): Buffer {
  const digits = new Date(milliseconds).toISOString().replaceAll(/[-:T]|\.\d+/g, '');
  return tlv(UTC_TIME, text(digits.slice(2)));
}

function pem(label: string, der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
}

function hex(digits: string): Buffer {
  return Buffer.from(digits, 'hex');
}

function text(value: string): Buffer {
  return Buffer.from(value, 'utf8');
}
