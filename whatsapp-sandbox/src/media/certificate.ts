import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';

const SEQUENCE = 0x30;
const SET = 0x31;
const INTEGER = 0x02;
const BIT_STRING = 0x03;
const OCTET_STRING = 0x04;
const UTF8_STRING = 0x0c;
const UTC_TIME = 0x17;
const VERSION = 0xa0;
const EXTENSIONS = 0xa3;
const DNS_NAME = 0x82;
const IP_ADDRESS = 0x87;

const ECDSA_WITH_SHA256 = Buffer.from('06082a8648ce3d040302', 'hex');
const COMMON_NAME = Buffer.from('0603550403', 'hex');
const SUBJECT_ALT_NAME = Buffer.from('0603551d11', 'hex');
const YEAR_MS = 365 * 24 * 3600 * 1000;

/** A TLS key and its certificate, both PEM; the certificate signs itself, so it is its own CA. */
export interface TlsIdentity {
  key: string;
  cert: string;
}

/**
 * Makes the certificate of the media host: X.509 v3 on P-256, good for 127.0.0.1 and for the name under which
 * clients look for media.
 * @param now start of validity, milliseconds since the epoch
 */
export function makeTlsIdentity(dnsName: string, now: number): TlsIdentity {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = der(SEQUENCE, ECDSA_WITH_SHA256);
  const cn = der(SEQUENCE, COMMON_NAME, der(UTF8_STRING, Buffer.from('WhatsApp sandbox media')));
  const name = der(SEQUENCE, der(SET, cn));
  const names = der(
    SEQUENCE,
    der(DNS_NAME, Buffer.from(dnsName)),
    der(IP_ADDRESS, Buffer.from([127, 0, 0, 1])),
  );
  const details = der(
    SEQUENCE,
    der(VERSION, der(INTEGER, Buffer.from([2]))),
    // A leading zero bit keeps the number positive.
    der(INTEGER, Buffer.concat([Buffer.from([1]), randomBytes(15)])),
    algorithm,
    name,
    der(SEQUENCE, time(now - 24 * 3600 * 1000), time(now + 10 * YEAR_MS)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(EXTENSIONS, der(SEQUENCE, der(SEQUENCE, SUBJECT_ALT_NAME, der(OCTET_STRING, names)))),
  );
  const signature = Buffer.concat([Buffer.from([0]), sign('sha256', details, privateKey)]);
  const certificate = der(SEQUENCE, details, algorithm, der(BIT_STRING, signature));
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
    cert: pem(certificate),
  };
}

/** One element: tag, length, and what is inside. */
function der(tag: number, ...parts: Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  if (body.length < 0x80) return Buffer.concat([Buffer.from([tag, body.length]), body]);
  const length = body.length < 0x100 ? [0x81, body.length] : [0x82, body.length >> 8, body.length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), body]);
}

function time(ms: number): Buffer {
  const digits = new Date(ms).toISOString().slice(2, 19).replace(/\D/g, '');
  return der(UTC_TIME, Buffer.from(`${digits}Z`));
}

function pem(bytes: Buffer): string {
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}
