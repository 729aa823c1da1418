import { randomInt } from 'node:crypto';
import { bytesOf, child, type Stanza, stanza, textOf } from '../../wire/stanza.ts';
import type { ServerWith } from '../context.ts';
import { type Account, accountJid, type Device } from '../model/account.ts';
import { StanzaError } from '../stanza-error.ts';
import { mayKnow } from './privacy.ts';

type Needs = ServerWith<'clock' | 'delivery' | 'media'>;

const JPEG = Buffer.from([0xff, 0xd8, 0xff]);
const MAX_PICTURE_BYTES = 5 * 1024 * 1024;
/** WhatsApp counts 139 characters; clients of old wrote more. */
const MAX_ABOUT = 512;

/** An account's picture as another account may see it: the address of its file. */
export function showPicture(ctx: Needs, owner: Account, viewer: Account, iq: Stanza): Stanza {
  if (!mayKnow(owner, viewer, 'profile')) throw new StanzaError(401, 'not-authorized');
  if (!owner.picture) throw new StanzaError(404, 'item-not-found');
  const { id, jpeg } = owner.picture;
  const path = ctx.media.keepPicture(id, jpeg);
  const type = child(iq, 'picture')?.attrs.type === 'image' ? 'image' : 'preview';
  return stanza('picture', { id, type, url: `https://${ctx.media.host}${path}`, direct_path: path });
}

/** Takes the account's own picture from an iq; without one in it, takes the picture away. */
export function acceptPicture(ctx: Needs, device: Device, iq: Stanza): Stanza {
  const picture = child(iq, 'picture');
  const id = setProfilePicture(ctx, device, picture && (bytesOf(picture) ?? new Uint8Array()));
  return stanza('picture', { id });
}

/** Changes or, without bytes, removes the picture of the device's account, and notifies the accounts that may see it. */
export function setProfilePicture(
  ctx: Needs,
  device: Device,
  jpeg: Uint8Array | undefined,
): string | undefined {
  if (jpeg && (jpeg.length > MAX_PICTURE_BYTES || !JPEG.equals(jpeg.subarray(0, JPEG.length)))) {
    throw new StanzaError(406, 'not-acceptable');
  }
  const { account } = device;
  account.picture = jpeg && { id: String(randomInt(10 ** 9, 2 ** 47)), jpeg };
  const jid = accountJid(account, 'pn');
  const id = account.picture?.id;
  notify(ctx, device, 'profile', 'picture', stanza(id ? 'set' : 'delete', { jid, id, author: jid }));
  return id;
}

/** The about text of an account. */
export function acceptAbout(ctx: Needs, device: Device, iq: Stanza): Stanza[] {
  const text = textOf(child(iq, 'status')) ?? (child(iq, 'status') ? '' : undefined);
  if (text === undefined || [...text].length > MAX_ABOUT) throw new StanzaError(400, 'bad-request');
  device.account.about = { text, setAt: ctx.clock() };
  notify(ctx, device, 'status', 'status', stanza('set', {}, Buffer.from(text)));
  return [];
}

/** To the other devices of the account, and to those who know it and may know this. */
function notify(ctx: Needs, by: Device, setting: string, type: string, content: Stanza): void {
  const { account } = by;
  for (const other of new Set([account, ...account.peers, ...account.watchers.keys()])) {
    if (!mayKnow(account, other, setting)) continue;
    for (const device of other.devices.values()) {
      if (device !== by) ctx.delivery.notify(device, type, accountJid(account, 'pn'), [content]);
    }
  }
}
