import { randomInt } from 'node:crypto';
import { bytesOf, child, type Stanza, stanza } from '../wire/stanza.ts';
import type { ServerContext } from './context.ts';
import type { Account, Device } from './directory.ts';
import { requireEditor } from './group-settings.ts';
import { both } from './group-stanzas.ts';
import type { Group } from './groups.ts';
import { acceptPicture, showPicture } from './profile.ts';
import { StanzaError } from './stanza-error.ts';

const JPEG = Buffer.from([0xff, 0xd8, 0xff]);
const MAX_BYTES = 5 * 1024 * 1024;

/** `w:profile:picture`: pictures of people and groups; who sets one without a target means his own. */
export function answerPicture(ctx: ServerContext, device: Device, iq: Stanza): Stanza[] {
  const { account } = device;
  const { target } = iq.attrs;
  const group = ctx.groups.get(target);
  if (!group) {
    const person = target === undefined ? account : ctx.directory.account(target);
    if (!person) throw new StanzaError(401, 'not-authorized');
    if (iq.attrs.type === 'get') return [showPicture(ctx, person, account, iq)];
    if (person !== account) throw new StanzaError(403, 'forbidden');
    return [acceptPicture(ctx, device, iq)];
  }
  if (!group.participants.has(account)) throw new StanzaError(401, 'not-authorized');
  if (iq.attrs.type === 'get') return [shown(group)];
  const picture = child(iq, 'picture');
  const id = setPicture(ctx, group, account, picture && bytesOf(picture));
  return [stanza('picture', id === undefined ? {} : { id })];
}

/** Changes or, without bytes, removes a group's picture, and tells its members. */
export function setPicture(
  ctx: ServerContext,
  group: Group,
  by: Account,
  jpeg: Uint8Array | undefined,
): string | undefined {
  requireEditor(group, by);
  if (jpeg && (jpeg.length > MAX_BYTES || !JPEG.equals(jpeg.subarray(0, JPEG.length)))) {
    throw new StanzaError(406, 'not-acceptable');
  }
  const id = jpeg && String(randomInt(10 ** 9, 2 ** 47));
  group.picture = id && jpeg ? { id, jpeg } : undefined;
  const attrs = both('author', by, group.addressing);
  const node = id ? stanza('set', { id, ...attrs }) : stanza('delete', attrs);
  for (const member of group.participants.keys()) {
    for (const device of member.devices.values()) {
      if (device.id !== 0) ctx.delivery.notify(device, 'picture', group.jid, [node], { notify: by.name });
    }
  }
  return id;
}

function shown({ jid, picture }: Group): Stanza {
  if (!picture) throw new StanzaError(404, 'item-not-found');
  const { id } = picture;
  const path = `/v/t61.24694-24/${id}_${jid.slice(0, jid.indexOf('@'))}.jpg?oe=${id}`;
  return stanza('picture', { id, type: 'image', url: `https://pps.whatsapp.net${path}`, direct_path: path });
}
