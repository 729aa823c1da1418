import { addressingOf } from '../../wire/jid.ts';
import { children, type Stanza, stanza } from '../../wire/stanza.ts';
import { seconds } from '../../wire/time.ts';
import type { ServerWith } from '../context.ts';
import { type Account, accountJid, type Device } from '../model/account.ts';

type Needs = ServerWith<'clock' | 'delivery' | 'directory' | 'groups' | 'seconds'>;

const MAX_NAME = 100;
const CHAT_STATES = new Set(['composing', 'paused']);

/** `<presence>`: the client is there or away, has a new push name, or asks for the presence of an account. */
export function acceptPresence(ctx: Needs, device: Device, node: Stanza): void {
  if (node.attrs.type === 'subscribe') {
    const target = ctx.directory.account(node.attrs.to);
    if (!target) return;
    target.watchers.set(device.account, node.attrs.to ?? '');
    ctx.delivery.transient(device, presenceOf(ctx, target, node.attrs.to));
    return;
  }
  if (node.attrs.type === 'unsubscribe') {
    ctx.directory.account(node.attrs.to)?.watchers.delete(device.account);
    return;
  }
  if (node.attrs.name) device.account.name = node.attrs.name.slice(0, MAX_NAME);
  if (node.attrs.type === 'available') setAvailable(ctx, device, true);
  if (node.attrs.type === 'unavailable') setAvailable(ctx, device, false);
}

/** Changes one device's presence; watchers are notified when the account as a whole comes or goes. */
export function setAvailable(ctx: Needs, device: Device, available: boolean): void {
  const before = isAvailable(device.account);
  device.available = available;
  const after = isAvailable(device.account);
  if (before === after) return;
  if (before) device.account.lastSeen = ctx.clock();
  for (const [watcher, asked] of device.account.watchers) {
    const presence = presenceOf(ctx, device.account, asked);
    for (const each of watcher.devices.values()) if (each.available) ctx.delivery.transient(each, presence);
  }
}

function isAvailable(account: Account): boolean {
  for (const device of account.devices.values()) if (device.available) return true;
  return false;
}

function presenceOf(ctx: Needs, account: Account, asked: string | undefined): Stanza {
  const from = accountJid(account, addressingOf(asked));
  if (isAvailable(account)) return stanza('presence', { from, type: 'available', t: String(ctx.seconds()) });
  return stanza('presence', { from, type: 'unavailable', last: seconds(account.lastSeen) });
}

/** `<chatstate>`: typing, recording or paused; reaches the devices of the other side that are in use. */
export function acceptChatState(ctx: Needs, device: Device, node: Stanza): void {
  const state = children(node)[0];
  if (!state || !CHAT_STATES.has(state.tag)) return;
  const { account } = device;
  const group = ctx.groups.get(node.attrs.to);
  if (group?.participants.has(account)) {
    const attrs = { from: group.jid, participant: accountJid(account, group.addressing) };
    for (const member of group.participants.keys()) {
      if (member !== account) show(ctx, member, stanza('chatstate', attrs, [state]));
    }
    return;
  }
  const target = ctx.directory.account(node.attrs.to);
  if (!target || target.blocked.has(account)) return;
  const from = accountJid(account, addressingOf(node.attrs.to));
  show(ctx, target, stanza('chatstate', { from }, [state]));
}

function show(ctx: Needs, account: Account, chatState: Stanza): void {
  for (const each of account.devices.values()) {
    if (each.available) ctx.delivery.transient(each, chatState);
  }
}
