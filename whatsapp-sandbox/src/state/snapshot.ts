import type { AppStateKey } from '../phones/app-state/keys.ts';
import type { Phones } from '../phones/directory.ts';
import type { Phone } from '../phones/phone.ts';
import type { PhoneSecrets } from '../phones/signal/store.ts';
import type { ServerContext } from '../server/context.ts';
import {
  type Account,
  type CompanionLink,
  type Device,
  makeDevice,
  type StatusPrivacy,
} from '../server/model/account.ts';
import type { StoredPatches } from '../server/model/app-state.ts';
import type { SignedPreKey } from '../server/model/pre-key-shelf.ts';
import type { ServerIdentity } from '../wire/certificate.ts';
import { decodeStanza, encodeStanza } from '../wire/stanza.ts';
import { type GroupSnapshot, groupSnapshot, restoreGroups } from './groups.ts';
import { type NewsletterSnapshot, newsletterSnapshot, restoreNewsletter } from './newsletters.ts';

const VERSION = 6;

/** What `--state` keeps: the server's keys, phones with their sessions, companions with what waits for them. */
export interface Snapshot {
  version: number;
  identity: ServerIdentity;
  phones: PhoneState[];
  groups: GroupSnapshot[];
  newsletters: NewsletterSnapshot[];
}

interface PhoneState {
  number: string;
  business: boolean;
  account: Pick<
    Account,
    | 'name'
    | 'lidMigrated'
    | 'abProps'
    | 'about'
    | 'picture'
    | 'disappearing'
    | 'privacy'
    | 'notices'
    | 'keyIndex'
    | 'lastDevice'
    | 'lastSeen'
  >;
  keyIndexList: Uint8Array | undefined;
  blocked: string[];
  statusPrivacy: { audience: StatusPrivacy['audience']; people: string[] };
  peers: string[];
  secrets: PhoneSecrets;
  appStateKeys: AppStateKey[];
  appState: Map<string, StoredPatches>;
  shelf: ShelfState;
  companions: CompanionState[];
}

interface ShelfState {
  signed: SignedPreKey | undefined;
  oneTime: Map<number, Uint8Array>;
}

interface CompanionState {
  id: number;
  identity: Uint8Array;
  registrationId: number;
  link: CompanionLink;
  greeted: boolean;
  shelf: ShelfState;
  queue: [string, Uint8Array][];
}

export function takeSnapshot(ctx: ServerContext, phones: Phones): Snapshot {
  const states = [...phones.all()].map((phone) => phoneState(phones, phone));
  const groups = [...ctx.groups.all()].map(groupSnapshot);
  const newsletters = [...ctx.newsletters.all()].map(newsletterSnapshot);
  return { version: VERSION, identity: ctx.identity, phones: states, groups, newsletters };
}

/** Refuses what another version of the sandbox wrote. */
export function checkSnapshot(value: unknown): Snapshot {
  const snapshot = value as Snapshot;
  if (snapshot?.version !== VERSION) throw new Error('the state file is not one of this sandbox');
  return snapshot;
}

function phoneState(phones: Phones, phone: Phone): PhoneState {
  const { account, secrets } = phone;
  const { name, about, picture, disappearing, privacy, notices, keyIndex, lastDevice, lastSeen } = account;
  const { lidMigrated, abProps } = account;
  return {
    number: account.number,
    business: account.business,
    account: {
      name,
      about,
      picture,
      disappearing,
      privacy,
      notices,
      keyIndex,
      lastDevice,
      lastSeen,
      lidMigrated,
      abProps,
    },
    keyIndexList: account.keyIndexList,
    blocked: [...account.blocked].map((other) => other.number),
    statusPrivacy: {
      audience: account.statusPrivacy.audience,
      people: [...account.statusPrivacy.people].map((other) => other.number),
    },
    peers: [...account.peers].map((other) => other.number),
    secrets,
    appStateKeys: [...phone.appState.keys],
    appState: account.appState,
    shelf: shelfState(phone.device),
    companions: [...account.devices.values()].flatMap((device) => companionState(phones, device)),
  };
}

function shelfState(device: Device): ShelfState {
  return { signed: device.shelf.signed, oneTime: device.shelf.oneTime };
}

function companionState(phones: Phones, device: Device): CompanionState[] {
  const { id, identity, registrationId, link } = device;
  if (!link) return [];
  const queue = device.queue.entries().map(([key, node]): [string, Uint8Array] => [key, encodeStanza(node)]);
  const greeted = phones.wasGreeted(device);
  return [{ id, identity, registrationId, link, greeted, shelf: shelfState(device), queue }];
}

/** Brings back every phone, companion and group; clients can log in as if nothing had happened. */
export function restoreSnapshot(ctx: ServerContext, phones: Phones, snapshot: Snapshot): void {
  for (const state of snapshot.phones) restorePhone(phones, state);
  for (const state of snapshot.phones) {
    const account = ctx.directory.get(state.number);
    for (const number of state.blocked) link(account?.blocked, ctx.directory.get(number));
    if (account) account.statusPrivacy.audience = state.statusPrivacy.audience;
    for (const number of state.statusPrivacy.people)
      link(account?.statusPrivacy.people, ctx.directory.get(number));
    for (const number of state.peers) link(account?.peers, ctx.directory.get(number));
  }
  restoreGroups(ctx, snapshot.groups);
  for (const kept of snapshot.newsletters) restoreNewsletter(ctx, kept);
}

function link(set: Set<Account> | undefined, other: Account | undefined): void {
  if (other) set?.add(other);
}

function restorePhone(phones: Phones, state: PhoneState): void {
  const phone = phones.create(state.number, state.account.name, state.business, state.secrets);
  const { account } = phone;
  Object.assign(account, state.account);
  account.keyIndexList = state.keyIndexList;
  restoreShelf(phone.device, state.shelf);
  const greeted: Device[] = [];
  for (const companion of state.companions) {
    const device = makeDevice(account, companion);
    restoreShelf(device, companion.shelf);
    for (const [key, node] of companion.queue) device.queue.put(key, decodeStanza(Buffer.from(node)));
    account.devices.set(device.id, device);
    if (companion.greeted) greeted.push(device);
  }
  for (const [name, patches] of state.appState) account.appState.set(name, patches);
  phones.restore(phone, state.appStateKeys, greeted);
}

function restoreShelf(device: Device, shelf: ShelfState): void {
  device.shelf.signed = shelf.signed;
  for (const [id, key] of shelf.oneTime) device.shelf.oneTime.set(id, key);
}
