import { child, children, type Stanza, stanza } from '../../wire/stanza.ts';
import { verifiedName } from '../accounts/business.ts';
import type { ServerWith } from '../context.ts';
import { alternative, type Device, deviceJid } from '../model/account.ts';
import { devicesOf, type Group, isAdmin } from '../model/groups.ts';
import { INVALID, StanzaError } from '../stanza-error.ts';
import {
  participantHash,
  passedAttributes,
  passedContent,
  readEnc,
  readGroupEnc,
  readParts,
  requireIdentity,
} from './ciphertexts.ts';

type Needs = ServerWith<'delivery' | 'directory' | 'groups' | 'seconds' | 'stats'>;

/**
 * Routes a message to every device of every member. A device named in `<participants>` gets the sender's
 * key beside it; any other device is taken to have it, and asks again when it has not.
 * @returns the current participant hash when the client's was another one
 */
export function routeToGroup(ctx: Needs, sender: Device, node: Stanza): string | undefined {
  const group = ctx.groups.get(node.attrs.to);
  if (!group) throw new StanzaError(404, 'item-not-found');
  if (!group.participants.has(sender.account)) throw new StanzaError(403, 'forbidden');
  if (group.rules.announce && !isAdmin(group, sender.account)) throw new StanzaError(403, 'forbidden');
  // Older clients leave it out in groups of phone numbers, and Baileys when it sends a message again.
  if ((node.attrs.addressing_mode ?? group.addressing) !== group.addressing) {
    throw new StanzaError(INVALID, `the members of this group are addressed by ${group.addressing}`);
  }
  if (node.attrs.participant !== undefined) {
    resend(ctx, sender, group, node);
    return undefined;
  }
  const enc = readGroupEnc(children(node, 'enc').at(0));
  // Clients name themselves too: in a group of LIDs they do not know their own device by its phone number.
  const parts = readParts(ctx, node, (account) => group.participants.has(account));
  requireIdentity(sender, node, parts.values());
  const attrs = attributes(ctx, sender, group, node);
  // One stanza serves all who have the key already: no recipient may change it.
  const certificate = verifiedName(sender.account);
  const plain = stanza('message', attrs, [enc, ...passedContent(node, undefined), ...certificate]);
  const devices = devicesOf(group);
  for (const device of devices) {
    if (device === sender) continue;
    const key = parts.get(device)?.enc;
    const keyed = key && stanza('message', attrs, [key, enc, ...passedContent(node, key), ...certificate]);
    ctx.delivery.durable(device, keyed ?? plain);
  }
  if (node.attrs.phash === undefined) return undefined;
  const hash = participantHash(devices, group.addressing);
  if (hash === node.attrs.phash) return undefined;
  ctx.stats.messages.incompleteFanouts += 1;
  return hash;
}

/** The copy for one device that asked for a message again. */
function resend(ctx: Needs, sender: Device, group: Group, node: Stanza): void {
  const device = ctx.directory.device(node.attrs.participant);
  if (!device || device === sender || !group.participants.has(device.account)) {
    throw new StanzaError(INVALID, 'no such device');
  }
  const enc = readEnc(child(node, 'enc'));
  requireIdentity(sender, node, [{ device, enc }]);
  const attrs = attributes(ctx, sender, group, node);
  ctx.delivery.durable(device, stanza('message', attrs, [enc, ...passedContent(node, enc)]));
}

function attributes(
  ctx: Needs,
  sender: Device,
  group: Group,
  node: Stanza,
): Record<string, string | undefined> {
  return {
    id: node.attrs.id,
    from: group.jid,
    participant: deviceJid(sender, group.addressing),
    ...alternative('participant', sender.account, group.addressing),
    addressing_mode: group.addressing,
    t: String(ctx.seconds()),
    notify: sender.account.name,
    ...passedAttributes(node),
  };
}
