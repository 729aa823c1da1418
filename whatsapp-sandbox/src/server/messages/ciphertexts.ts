import { createHash } from 'node:crypto';
import type { Addressing } from '../../wire/jid.ts';
import { bytesOf, child, children, type Stanza } from '../../wire/stanza.ts';
import type { ServerWith } from '../context.ts';
import { type Account, accountJid, type Device } from '../model/account.ts';
import { INVALID, StanzaError } from '../stanza-error.ts';

type Needs = ServerWith<'directory'>;

/** One ciphertext and the device it is for. */
export interface Part {
  device: Device;
  enc: Stanza;
}

/** Attributes of a message that its receivers get to see. */
const PASSED_ON = ['type', 'edit', 'category', 'expiration'];
const NOT_PASSED_ON = new Set(['participants', 'enc', 'unavailable', 'device-identity', 'tctoken']);

/** Reads `<participants>`; a stranger's device makes the stanza invalid, a device that has left is passed over. */
export function readParts(
  ctx: Needs,
  node: Stanza,
  belongs: (account: Account) => boolean,
): Map<Device, Part> {
  const parts = new Map<Device, Part>();
  for (const to of children(child(node, 'participants'), 'to')) {
    const account = ctx.directory.account(to.attrs.jid);
    if (!account || !belongs(account)) throw new StanzaError(INVALID, 'a participant is a stranger');
    const enc = readEnc(child(to, 'enc'));
    const device = ctx.directory.device(to.attrs.jid);
    if (!device) continue;
    if (parts.has(device)) throw new StanzaError(INVALID, 'participant named twice');
    parts.set(device, { device, enc });
  }
  return parts;
}

/** A ciphertext for one device. */
export function readEnc(enc: Stanza | undefined): Stanza {
  return checked(enc, enc?.attrs.type === 'pkmsg' || enc?.attrs.type === 'msg');
}

/** A ciphertext for everybody who has the sender's key. */
export function readGroupEnc(enc: Stanza | undefined): Stanza {
  return checked(enc, enc?.attrs.type === 'skmsg');
}

function checked(enc: Stanza | undefined, known: boolean): Stanza {
  if (!enc || !known || enc.attrs.v !== '2' || !bytesOf(enc)?.length) {
    throw new StanzaError(INVALID, 'a participant without a ciphertext');
  }
  return enc;
}

/** A companion's pre-key message is worth nothing without the proof that its phone vouches for it. */
export function requireIdentity(sender: Device, node: Stanza, parts: Iterable<Part>): void {
  if (sender.id === 0 || bytesOf(child(node, 'device-identity'))) return;
  for (const { enc } of parts) {
    if (enc.attrs.type === 'pkmsg') {
      throw new StanzaError(INVALID, 'pre-key message without a device identity');
    }
  }
}

/** `2:` and the first six bytes of the hash over the sorted device JIDs (`user.0:device@server`), in base64. */
export function participantHash(devices: Device[], addressing: Addressing): string {
  const jids = devices
    .map(({ account, id }) => accountJid(account, addressing).replace('@', `.0:${id}@`))
    .sort();
  return `2:${createHash('sha256').update(jids.join('')).digest().subarray(0, 6).toString('base64')}`;
}

export function passedAttributes(node: Stanza): Record<string, string | undefined> {
  const attrs: Record<string, string | undefined> = {};
  for (const name of PASSED_ON) attrs[name] = node.attrs[name];
  return attrs;
}

/** What goes along with a ciphertext: the sender's identity with a pre-key message, and unknown children. */
export function passedContent(node: Stanza, enc: Stanza | undefined): Stanza[] {
  const identity = enc?.attrs.type === 'pkmsg' ? child(node, 'device-identity') : undefined;
  const others = children(node).filter((each) => !NOT_PASSED_ON.has(each.tag));
  return identity ? [identity, ...others] : others;
}
