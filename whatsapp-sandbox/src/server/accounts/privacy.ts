import { randomBytes } from 'node:crypto';
import { child, children, type Stanza, stanza } from '../../wire/stanza.ts';
import type { ServerWith } from '../context.ts';
import { type Account, accountJid, type Device } from '../model/account.ts';
import { StanzaError } from '../stanza-error.ts';

type Needs = ServerWith<'delivery' | 'directory'>;

/** The settings of an account with what each of them may be; the first is what a new account has. */
const SETTINGS: Record<string, readonly string[]> = {
  readreceipts: ['all', 'none'],
  profile: ['all', 'contacts', 'contact_blacklist', 'none'],
  status: ['all', 'contacts', 'contact_blacklist', 'none'],
  online: ['all', 'match_last_seen'],
  last: ['all', 'contacts', 'contact_blacklist', 'none'],
  groupadd: ['all', 'contacts', 'contact_blacklist', 'none'],
  calladd: ['all', 'known'],
  messages: ['all', 'contacts'],
};

/** `xmlns="privacy"`: settings of the account, and tokens that let another account write first. */
export function answerPrivacy(ctx: Needs, device: Device, iq: Stanza): Stanza[] {
  const tokens = child(iq, 'tokens');
  if (tokens) return issueTokens(ctx, device, tokens);
  const privacy = child(iq, 'privacy');
  if (!privacy) throw new StanzaError(400, 'bad-request');
  if (iq.attrs.type === 'set') {
    for (const { attrs } of children(privacy, 'category')) {
      if (!isPrivacySetting(attrs.name, attrs.value)) throw new StanzaError(400, 'bad-request');
    }
    for (const { attrs } of children(privacy, 'category')) {
      setPrivacy(ctx, device, attrs.name ?? '', attrs.value ?? '');
    }
  }
  const settings = Object.keys(SETTINGS).map((name) =>
    stanza('category', { name, value: settingOf(device.account, name) }),
  );
  return [stanza('privacy', {}, settings)];
}

export function isPrivacySetting(name = '', value = ''): boolean {
  return Object.hasOwn(SETTINGS, name) && SETTINGS[name]?.includes(value) === true;
}

/** Changes a setting; the other companions of the account are notified. */
export function setPrivacy(ctx: Needs, device: Device, name: string, value: string): void {
  const { account } = device;
  account.privacy.set(name, value);
  const change = stanza('privacy', {}, [stanza('category', { name, value })]);
  for (const each of account.devices.values()) {
    if (each === device || each.id === 0) continue;
    ctx.delivery.notify(each, 'account_sync', accountJid(account, 'pn'), [change]);
  }
}

/**
 * Whether another account may see what a setting of an account protects. Its contacts are the accounts that it
 * exchanged messages with.
 */
export function mayKnow(account: Account, other: Account, setting: string): boolean {
  if (account === other) return true;
  if (account.blocked.has(other)) return false;
  const allowed = settingOf(account, setting);
  return allowed === 'all' || (allowed !== 'none' && account.peers.has(other));
}

function settingOf(account: Account, name: string): string {
  return account.privacy.get(name) ?? SETTINGS[name]?.[0] ?? '';
}

function issueTokens(ctx: Needs, device: Device, tokens: Stanza): Stanza[] {
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
