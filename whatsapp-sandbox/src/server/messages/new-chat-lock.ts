import { SERVER_JID } from '../../wire/jid.ts';
import { stanza } from '../../wire/stanza.ts';
import type { ServerWith } from '../context.ts';
import type { Account } from '../model/account.ts';
import { StanzaError } from '../stanza-error.ts';

type Needs = ServerWith<'delivery' | 'seconds'>;

/** WhatsApp's code for a message to a new contact from an account that may not start chats for now. */
const LOCKED = 463;

/** The account may write only to accounts that it has written with before; its companions are notified. 0 seconds lift it. */
export function lockNewChats(ctx: Needs, account: Account, seconds: number): void {
  account.newChatsLockedUntil = seconds === 0 ? 0 : ctx.seconds() + seconds;
  const update = JSON.stringify({ data: { xwa2_notify_account_reachout_timelock: lockOf(ctx, account) } });
  for (const device of account.devices.values()) {
    if (device.id === 0) continue;
    const op = { op_name: 'NotificationUserReachoutTimelockUpdate' };
    ctx.delivery.notify(device, 'mex', SERVER_JID, [stanza('update', op, Buffer.from(update))]);
  }
}

export function lockOf(ctx: Needs, { newChatsLockedUntil: until }: Account) {
  const is_active = until > ctx.seconds();
  const time_enforcement_ends = is_active ? String(until) : null;
  return { is_active, time_enforcement_ends, enforcement_type: 'DEFAULT' };
}

export function requireChat(ctx: Needs, sender: Account, recipient: Account): void {
  if (recipient === sender || sender.peers.has(recipient) || !lockOf(ctx, sender).is_active) return;
  throw new StanzaError(LOCKED, 'may not start new chats for now');
}
