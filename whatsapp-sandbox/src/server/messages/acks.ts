import { STATUS_JID } from '../../wire/jid.ts';
import type { Stanza } from '../../wire/stanza.ts';
import type { ServerWith } from '../context.ts';
import type { Device } from '../model/account.ts';

type Needs = ServerWith<'delivery' | 'stats'>;

/**
 * Takes a client's `<ack>`: the stanza that it names is not delivered again. An ack with `error` settles a stanza as
 * well, but for a status, which is taken as not delivered and stays in front of the queue. A status is settled by the
 * class `status` only.
 */
export function acceptAck(ctx: Needs, device: Device, { attrs }: Stanza): void {
  ctx.stats.acks += 1;
  const name = { ...attrs, from: attrs.to };
  const ofStatus = attrs.class === 'status' || attrs.to === STATUS_JID;
  if (ofStatus && attrs.error !== undefined) ctx.delivery.refuse(device, name);
  else ctx.delivery.settle(device, attrs.class ?? '', name);
}
