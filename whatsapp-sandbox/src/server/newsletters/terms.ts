import { child, children, type Stanza, stanza } from '../../wire/stanza.ts';
import type { Account, Device } from '../model/account.ts';
import { StanzaError } from '../stanza-error.ts';

/** The notice about making channels; accepting it means its last stage. */
const NEWSLETTER_NOTICE = '20601218';
const ACCEPTED_STAGE = '5';

/** `xmlns="tos"`: how far an account has come with the notices that WhatsApp shows. */
export function answerTerms(device: Device, iq: Stanza): Stanza[] {
  const asked = children(child(iq, 'request'), 'notice');
  if (iq.attrs.type === 'get' && asked.length > 0) return [stateOf(device.account, asked)];
  const notices = children(iq, 'notice');
  if (iq.attrs.type !== 'set' || notices.length === 0) throw new StanzaError(501, 'feature-not-implemented');
  for (const { attrs } of notices) {
    if (!/^\d{1,20}$/.test(attrs.id ?? '') || !/^\d{1,2}$/.test(attrs.stage ?? '')) {
      throw new StanzaError(400, 'bad-request');
    }
    device.account.notices.set(attrs.id ?? '', attrs.stage ?? '');
  }
  return [];
}

/** A notice is `true` when the account has accepted it. */
function stateOf(account: Account, asked: Stanza[]): Stanza {
  const notices = asked.map(({ attrs: { id = '' } }) =>
    stanza('notice', { id, state: String(account.notices.get(id) === ACCEPTED_STAGE) }),
  );
  return stanza('tos', { refresh: '86400' }, notices);
}

export function hasAcceptedNewsletterTerms(account: Account): boolean {
  return account.notices.get(NEWSLETTER_NOTICE) === ACCEPTED_STAGE;
}

/** For a phone that makes channels: its user has seen the notice. */
export function acceptNewsletterTerms(account: Account): void {
  account.notices.set(NEWSLETTER_NOTICE, ACCEPTED_STAGE);
}
