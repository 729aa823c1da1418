import { createHash } from 'node:crypto';
import { proto } from 'baileys';
import { type Stanza, stanza } from '../../wire/stanza.ts';
import type { Account } from '../model/account.ts';

const { Details } = proto.VerifiedNameCertificate;
/** WhatsApp's name for the issuer of the names of small businesses: they certify themselves. */
const ISSUER = 'smb:wa';

/** The name under which a business is registered, as a certificate; nothing for everybody else. */
export function verifiedName({ business, name, number }: Account): Stanza[] {
  if (!business) return [];
  const serial = createHash('sha256').update(`${number} ${name}`).digest().readUIntBE(0, 6);
  const details = Details.encode({ serial, issuer: ISSUER, verifiedName: name }).finish();
  const certificate = proto.VerifiedNameCertificate.encode({ details }).finish();
  const attrs = { v: '1', serial: String(serial), verified_level: 'unknown' };
  return [stanza('verified_name', attrs, certificate)];
}
