import { randomInt } from 'node:crypto';
import { type Stanza, stanza } from '../../wire/stanza.ts';
import type { ServerWith } from '../context.ts';
import type { Account } from '../model/account.ts';
import type { Group } from '../model/groups.ts';
import { StanzaError } from '../stanza-error.ts';
import { requireEditor } from './settings.ts';
import { both } from './stanzas.ts';

type Needs = ServerWith<'delivery'>;

const JPEG = Buffer.from([0xff, 0xd8, 0xff]);
const MAX_BYTES = 5 * 1024 * 1024;

/** Changes or, without bytes, removes a group's picture, and notifies its members. */
export function setGroupPicture(
  ctx: Needs,
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

/** The address of a group's picture. */
export function showGroupPicture({ jid, picture }: Group): Stanza {
  if (!picture) throw new StanzaError(404, 'item-not-found');
  const { id } = picture;
  const path = `/v/t61.24694-24/${id}_${jid.slice(0, jid.indexOf('@'))}.jpg?oe=${id}`;
  return stanza('picture', { id, type: 'image', url: `https://pps.whatsapp.net${path}`, direct_path: path });
}
