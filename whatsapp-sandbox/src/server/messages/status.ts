import { STATUS_JID } from '../../wire/jid.ts';
import { child, children, type Stanza, stanza } from '../../wire/stanza.ts';
import type { ServerWith } from '../context.ts';
import { alternative, type Device, deviceJid } from '../model/account.ts';
import { INVALID, StanzaError } from '../stanza-error.ts';
import {
  passedAttributes,
  passedContent,
  readEnc,
  readGroupEnc,
  readParts,
  requireIdentity,
} from './ciphertexts.ts';

type Needs = ServerWith<'delivery' | 'directory' | 'seconds'>;

/**
 * Brings a status to the devices that its author named and encrypted for, and to no others: the server does not know
 * who is in whose address book. An account that blocked the author does not get it. It comes as a `<status>`, again at
 * every log-in until an ack of the class `status`; an ack of the class `message` or a receipt does not count.
 */
export function routeStatus(ctx: Needs, sender: Device, node: Stanza): void {
  if (node.attrs.participant !== undefined) {
    resend(ctx, sender, node);
    return;
  }
  const enc = readGroupEnc(children(node, 'enc').at(0));
  const parts = readParts(ctx, node, () => true);
  requireIdentity(sender, node, parts.values());
  for (const [device, { enc: key }] of parts) {
    if (device === sender || device.account.blocked.has(sender.account)) continue;
    deliver(ctx, sender, node, device, [key, enc, ...passedContent(node, key)]);
  }
}

/** The copy for one device that could not read it. */
function resend(ctx: Needs, sender: Device, node: Stanza): void {
  const device = ctx.directory.device(node.attrs.participant);
  if (!device || device === sender) throw new StanzaError(INVALID, 'no such device');
  const enc = readEnc(child(node, 'enc'));
  requireIdentity(sender, node, [{ device, enc }]);
  deliver(ctx, sender, node, device, [enc, ...passedContent(node, enc)]);
}

function deliver(ctx: Needs, sender: Device, node: Stanza, device: Device, content: Stanza[]): void {
  const attrs = {
    id: node.attrs.id,
    from: STATUS_JID,
    participant: deviceJid(sender, 'lid'),
    ...alternative('participant', sender.account, 'lid'),
    t: String(ctx.seconds()),
    notify: sender.account.name,
    ...passedAttributes(node),
  };
  ctx.delivery.durable(device, stanza('status', attrs, content));
}
