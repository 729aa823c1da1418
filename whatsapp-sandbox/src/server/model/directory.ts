import { createHash } from 'node:crypto';
import { parseUserJid } from '../../wire/jid.ts';
import type { Account, Device } from './account.ts';

/** 14 digits that depend on the number alone, so that a restarted sandbox gives the same LID. */
export function lidFor(number: string): string {
  const digest = createHash('sha256').update(`lid:${number}`).digest();
  return `2${String(digest.readUIntBE(0, 6) % 10 ** 14).padStart(14, '0')}`;
}

/** Every account, found by phone number or by LID in one step. */
export class Directory {
  readonly #byNumber = new Map<string, Account>();
  readonly #byLid = new Map<string, Account>();

  accounts(): Iterable<Account> {
    return this.#byNumber.values();
  }

  get(number: string): Account | undefined {
    return this.#byNumber.get(number);
  }

  create(profile: { number: string; name: string; business: boolean; now: number }): Account {
    const lid = lidFor(profile.number);
    if (this.#byNumber.has(profile.number) || this.#byLid.has(lid)) {
      throw new Error(`number ${profile.number} is taken`);
    }
    const account: Account = {
      number: profile.number,
      lid,
      name: profile.name,
      business: profile.business,
      devices: new Map(),
      peers: new Set(),
      blocked: new Set(),
      lidMigrated: true,
      abProps: new Map(),
      newChatsLockedUntil: 0,
      appState: new Map(),
      appStateSnapshots: new Map(),
      privacy: new Map(),
      statusPrivacy: { audience: 'contacts', people: new Set() },
      notices: new Map(),
      watchers: new Map(),
      about: { text: 'Hey there! I am using WhatsApp.', setAt: profile.now },
      picture: undefined,
      disappearing: { seconds: 0, setAt: 0 },
      keyIndexList: undefined,
      keyIndex: 0,
      lastDevice: 0,
      lastSeen: profile.now,
    };
    this.#byNumber.set(account.number, account);
    this.#byLid.set(account.lid, account);
    return account;
  }

  /** The account a JID of either addressing names. */
  account(jid: string | undefined): Account | undefined {
    const parsed = parseUserJid(jid);
    if (!parsed) return undefined;
    return (parsed.addressing === 'pn' ? this.#byNumber : this.#byLid).get(parsed.user);
  }

  /** The device a JID names; a JID without a device names the phone. */
  device(jid: string | undefined): Device | undefined {
    return this.account(jid)?.devices.get(parseUserJid(jid)?.device ?? 0);
  }
}
