import { createHash } from 'node:crypto';
import { child, type Stanza, stanza } from '../../wire/stanza.ts';
import type { ServerWith } from '../context.ts';
import { type Account, accountJid, type Device } from '../model/account.ts';
import { StanzaError } from '../stanza-error.ts';

type Needs = ServerWith<'delivery' | 'directory' | 'touch'>;

/** `xmlns="blocklist"`: who may not write to the account. */
export function answerBlocklist(ctx: Needs, device: Device, iq: Stanza): Stanza[] {
  const { account } = device;
  if (iq.attrs.type === 'set') {
    const item = child(iq, 'item');
    const other = ctx.directory.account(item?.attrs.jid);
    const { action } = item?.attrs ?? {};
    if (!item || !other) throw new StanzaError(404, 'item-not-found');
    if (action !== 'block' && action !== 'unblock') throw new StanzaError(400, 'bad-request');
    setBlocked(ctx, device, other, action === 'block');
  }
  const items = [...account.blocked].map((other) => stanza('item', { jid: accountJid(other, 'lid') }));
  return [stanza('list', { addressing_mode: 'lid', dhash: digestOf(account) }, items)];
}

/** Blocks or unblocks for `device`'s account; its other companions are notified. */
export function setBlocked(ctx: Needs, device: Device, other: Account, blocked: boolean): void {
  const { account } = device;
  const before = digestOf(account);
  if (blocked) account.blocked.add(other);
  else account.blocked.delete(other);
  ctx.touch();
  const attrs = { jid: accountJid(other, 'lid'), action: blocked ? 'block' : 'unblock' };
  const list = stanza('blocklist', { dhash: digestOf(account), prev_dhash: before }, [stanza('item', attrs)]);
  for (const each of account.devices.values()) {
    if (each === device || each.id === 0) continue;
    ctx.delivery.notify(each, 'account_sync', accountJid(account, 'pn'), [list]);
  }
}

function digestOf({ blocked }: Account): string {
  const numbers = [...blocked].map(({ number }) => number).sort();
  return createHash('sha256').update(numbers.join()).digest('hex').slice(0, 12);
}
