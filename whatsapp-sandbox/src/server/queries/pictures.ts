import { bytesOf, child, type Stanza, stanza } from '../../wire/stanza.ts';
import { acceptPicture, showPicture } from '../accounts/profile.ts';
import type { ServerWith } from '../context.ts';
import { setGroupPicture, showGroupPicture } from '../groups/picture.ts';
import type { Device } from '../model/account.ts';
import { StanzaError } from '../stanza-error.ts';

type Needs = ServerWith<'clock' | 'delivery' | 'directory' | 'groups' | 'media'>;

/** `w:profile:picture`: pictures of people and groups; who sets one without a target means his own. */
export function answerPicture(ctx: Needs, device: Device, iq: Stanza): Stanza[] {
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
  if (iq.attrs.type === 'get') return [showGroupPicture(group)];
  const picture = child(iq, 'picture');
  const id = setGroupPicture(ctx, group, account, picture && bytesOf(picture));
  return [stanza('picture', id === undefined ? {} : { id })];
}
