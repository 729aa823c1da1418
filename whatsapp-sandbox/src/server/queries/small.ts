import { createHash } from 'node:crypto';
import { child, children, type Stanza, stanza } from '../../wire/stanza.ts';
import type { ServerWith } from '../context.ts';
import { type Account, accountJid } from '../model/account.ts';
import { StanzaError } from '../stanza-error.ts';

type Needs = ServerWith<'directory'>;

/** The assistant that WhatsApp offers in every account. */
const ASSISTANT = { jid: '867051314767696@bot', persona_id: '867051314767696$760019659443059' };
const MAX_PROFILES = 100;

/** `xmlns="w:biz"`: what businesses publish of themselves; an ordinary account has no profile. */
export function answerBusinessProfile(ctx: Needs, iq: Stanza): Stanza[] {
  const asked = child(iq, 'business_profile');
  if (!asked || iq.attrs.type !== 'get') throw new StanzaError(501, 'feature-not-implemented');
  const profiles = children(asked, 'profile');
  if (profiles.length > MAX_PROFILES) throw new StanzaError(406, 'not-acceptable');
  const found = profiles.flatMap(({ attrs: { jid } }) => {
    const account = ctx.directory.account(jid);
    return account?.business ? [profileNode(account, jid)] : [];
  });
  return [stanza('business_profile', { v: '244' }, found)];
}

function profileNode(account: Account, jid: string | undefined): Stanza {
  return stanza('profile', { jid, tag: '1' }, [
    stanza('description', {}, Buffer.from(account.about.text)),
    stanza('categories', {}, [stanza('category', { id: '133436743388217' }, Buffer.from('Other'))]),
  ]);
}

/** `xmlns="w:qr"`: the code under which others find the account, and whom a code names. */
export function answerContactCode(ctx: Needs, account: Account, iq: Stanza): Stanza[] {
  const qr = child(iq, 'qr');
  if (qr?.attrs.code === undefined) {
    if (qr?.attrs.type !== 'contact') throw new StanzaError(400, 'bad-request');
    return [stanza('qr', { code: `https://wa.me/qr/${codeOf(account)}`, type: 'contact' })];
  }
  const code = qr.attrs.code.split('/').at(-1);
  for (const each of ctx.directory.accounts()) {
    if (codeOf(each) !== code) continue;
    return [stanza('qr', { type: 'contact', jid: accountJid(each, 'pn'), notify: each.name })];
  }
  throw new StanzaError(404, 'item-not-found');
}

function codeOf({ number }: Account): string {
  return createHash('sha256').update(`qr:${number}`).digest('hex').slice(0, 14).toUpperCase();
}

/** `xmlns="bot"`: the assistants that an account can write to. */
export function answerBots(): Stanza[] {
  return [stanza('bot', { v: '2' }, [stanza('section', { type: 'all' }, [stanza('bot', ASSISTANT)])])];
}
