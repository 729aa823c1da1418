import { type Addressing, userJid } from '../../wire/jid.ts';
import type { Stanza } from '../../wire/stanza.ts';
import type { StoredPatches, StoredSnapshot } from './app-state.ts';
import { OfflineQueue } from './offline-queue.ts';
import { PreKeyShelf } from './pre-key-shelf.ts';

/** The receiver of a device's stanzas: a client's connection, or the phone inside this process. */
export interface Endpoint {
  deliver(node: Stanza): void;
  /** Sends a last stanza and closes; a phone in this process has nothing to close. */
  end(node?: Stanza): void;
  /** Cuts the connection without a word. */
  cut(): void;
  /** Keeps the connection open and lets nothing through it. */
  deafen(deaf: boolean): void;
}

/** A registered device as the server knows it: public keys only. */
export interface Device {
  readonly account: Account;
  /** 0 is the phone, companions count from 1. */
  readonly id: number;
  readonly identity: Uint8Array;
  readonly registrationId: number;
  readonly shelf: PreKeyShelf;
  readonly queue: OfflineQueue;
  /** Companions only: what the phone certified, with the companion's own signature. */
  readonly link?: CompanionLink;
  endpoint: Endpoint | undefined;
  /** False until the offline queue was handed over; what arrives meanwhile waits in the queue. */
  live: boolean;
  /** The device has sent that its user looks at it; presence and chat states reach only such devices. */
  available: boolean;
  /** Left, by log-out or by the phone; what still refers to it must not deliver any more. */
  removed: boolean;
}

export interface CompanionLink {
  keyIndex: number;
  noiseKey: Uint8Array;
  platform: string;
  /** It asked for the whole history, not only the last months. */
  fullHistory: boolean;
  linkedAt: number;
}

export interface Account {
  readonly number: string;
  readonly lid: string;
  name: string;
  readonly business: boolean;
  readonly devices: Map<number, Device>;
  /** Accounts that exchanged messages with this one; they are notified when its devices change. */
  readonly peers: Set<Account>;
  readonly blocked: Set<Account>;
  /** Its direct chats have moved to LIDs. */
  lidMigrated: boolean;
  /** What WhatsApp has switched on for it beyond the usual, by number. */
  readonly abProps: Map<string, string>;
  /** Unix seconds until which it may write only to its peers. */
  newChatsLockedUntil: number;
  /** What its devices share, by collection. */
  readonly appState: Map<string, StoredPatches>;
  /** The newest file of each collection; made again after a restart. */
  readonly appStateSnapshots: Map<string, StoredSnapshot>;
  readonly privacy: Map<string, string>;
  statusPrivacy: StatusPrivacy;
  /** How far the account has come with the notices that WhatsApp shows: their stage by id. */
  readonly notices: Map<string, string>;
  /** Accounts whose devices asked for this one's presence, and the JID they asked about. */
  readonly watchers: Map<Account, string>;
  about: { text: string; setAt: number };
  picture: { id: string; jpeg: Uint8Array } | undefined;
  disappearing: { seconds: number; setAt: number };
  /** Signed by the phone; says which companion keys are valid. */
  keyIndexList: Uint8Array | undefined;
  keyIndex: number;
  lastDevice: number;
  lastSeen: number;
}

export const STATUS_AUDIENCES = ['contacts', 'blacklist', 'whitelist'] as const;

/** Who is to see what an account publishes: its contacts, those but some, or only some. */
export interface StatusPrivacy {
  audience: (typeof STATUS_AUDIENCES)[number];
  /** The exceptions of `blacklist`, the viewers of `whitelist`. */
  people: Set<Account>;
}

/** A new device without keys on the shelf and with an empty queue; the caller adds it to the account. */
export function makeDevice(
  account: Account,
  fields: Pick<Device, 'id' | 'identity' | 'registrationId'> & { link?: CompanionLink },
): Device {
  return {
    ...fields,
    account,
    shelf: new PreKeyShelf(),
    queue: new OfflineQueue(),
    endpoint: undefined,
    live: false,
    available: false,
    removed: false,
  };
}

/** JID of an account, without a device. */
export function accountJid(account: Account, addressing: Addressing): string {
  return userJid(addressing === 'pn' ? account.number : account.lid, addressing);
}

/** JID of one device. */
export function deviceJid(device: Device, addressing: Addressing): string {
  const { account } = device;
  return userJid(addressing === 'pn' ? account.number : account.lid, addressing, device.id);
}

/**
 * The other name of an account, as an attribute: `sender_lid` beside a phone-number JID, `sender_pn`
 * beside a LID. Clients learn the mapping from it.
 */
export function alternative(role: string, account: Account, used: Addressing): Record<string, string> {
  return used === 'pn'
    ? { [`${role}_lid`]: accountJid(account, 'lid') }
    : { [`${role}_pn`]: accountJid(account, 'pn') };
}
