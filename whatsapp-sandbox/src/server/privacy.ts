import { randomBytes } from 'node:crypto';
import { child, children, type Stanza, stanza } from '../wire/stanza.ts';
import type { ServerContext } from './context.ts';
import { accountJid, type Device } from './directory.ts';
import { StanzaError } from './stanza-error.ts';

const DEFAULTS: Record<string, string> = {
  readreceipts: 'all',
  profile: 'all',
  status: 'all',
  online: 'all',
  last: 'all',
  groupadd: 'all',
  calladd: 'all',
  messages: 'all',
};
const VALUES = new Set(['all', 'none', 'contacts', 'contact_blacklist', 'match_last_seen', 'known']);

/** `xmlns="privacy"`: settings of the account, and tokens that let another account write first. */
export function answerPrivacy(ctx: ServerContext, device: Device, iq: Stanza): Stanza[] {
  const tokens = child(iq, 'tokens');
  if (tokens) return issueTokens(ctx, device, tokens);
  const privacy = child(iq, 'privacy');
  if (!privacy) throw new StanzaError(400, 'bad-request');
  if (iq.attrs.type === 'set') {
    for (const { attrs } of children(privacy, 'category')) {
      if (!isPrivacySetting(attrs.name, attrs.value)) throw new StanzaError(400, 'bad-request');
    }
    for (const { attrs } of children(privacy, 'category')) {
      device.account.privacy.set(attrs.name ?? '', attrs.value ?? '');
    }
  }
  const settings = Object.entries(DEFAULTS).map(([name, initial]) =>
    stanza('category', { name, value: device.account.privacy.get(name) ?? initial }),
  );
  return [stanza('privacy', {}, settings)];
}

export function isPrivacySetting(name = '', value = ''): boolean {
  return Object.hasOwn(DEFAULTS, name) && VALUES.has(value);
}

function issueTokens(ctx: ServerContext, device: Device, tokens: Stanza): Stanza[] {
  const { account } = device;
  for (const { attrs } of children(tokens, 'token')) {
    const other = ctx.directory.account(attrs.jid);
    if (!other) continue;
    for (const each of other.devices.values()) {
      if (each.id === 0) continue;
      const jid = accountJid(other, 'pn');
      const token = stanza('token', { jid, t: attrs.t, type: attrs.type }, randomBytes(16));
      ctx.delivery.notify(each, 'privacy_token', accountJid(account, 'pn'), [stanza('tokens', {}, [token])], {
        sender_lid: accountJid(account, 'lid'),
      });
    }
  }
  return [];
}
