import type { Queries } from '../storage/queries.ts';
import type { InstanceRow } from '../storage/schema.ts';
import { userOf } from '../whatsapp/jid.ts';
import { readChatNumber } from '../whatsapp/recipient.ts';
import type { Session } from '../whatsapp/session.ts';
import { Contacts } from './contacts.ts';
import type { NumberCache } from './number-cache.ts';

const SHOWN_CHARACTERS = 64;

export interface CheckedNumber {
  /** As it was sent. */
  number: string;
  exists: boolean;
  jid: string | null;
  lid: string | null;
  /** Why it was not asked for. */
  error?: string;
}

export interface NumberCheckDeps {
  db: Queries;
  numbers: NumberCache;
}

/**
 * Which of these are on WhatsApp, in their order. A LID is answered from the known pairs of LID and phone number
 * only. Throws `SendFailed` when WhatsApp does not answer.
 */
export async function checkNumbers(
  { db, numbers: cache }: NumberCheckDeps,
  { id, account_id }: Pick<InstanceRow, 'id' | 'account_id'>,
  session: Pick<Session, 'lookUpNumbers' | 'phoneOf'>,
  entries: string[],
): Promise<CheckedNumber[]> {
  const read = entries.map((entry) => ({ entry, number: readChatNumber(entry) }));
  const phones = read.flatMap(({ number }) => (number?.kind === 'user' ? [userOf(number.jid)] : []));
  const found = await cache.check(account_id, session, phones);
  const byPhone = new Map(phones.map((phone, i) => [phone, found[i] ?? null]));
  const contacts = new Contacts(db, id, 0); // reads only

  return Promise.all(
    read.map(async ({ entry, number }) => {
      if (number?.kind === 'user') {
        const user = byPhone.get(userOf(number.jid));
        return { number: entry, exists: Boolean(user), jid: user?.jid ?? null, lid: user?.lid ?? null };
      }
      if (number?.kind !== 'lid') {
        return {
          ...unregistered(entry),
          error: `Invalid number: ${[...entry].slice(0, SHOWN_CHARACTERS).join('')}`,
        };
      }
      const lid = number.jid;
      const jid = (await contacts.find({ jid: null, lid }))?.jid ?? (await session.phoneOf(lid));
      if (!jid) return { ...unregistered(entry), error: 'LID is not known to this instance' };
      return { number: entry, exists: true, jid, lid };
    }),
  );
}

function unregistered(number: string): CheckedNumber {
  return { number, exists: false, jid: null, lid: null };
}
