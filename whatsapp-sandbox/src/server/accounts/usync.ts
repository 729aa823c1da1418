import { parseUserJid } from '../../wire/jid.ts';
import { child, children, type Stanza, stanza, textOf } from '../../wire/stanza.ts';
import { seconds } from '../../wire/time.ts';
import type { ServerWith } from '../context.ts';
import { type Account, accountJid } from '../model/account.ts';
import { StanzaError } from '../stanza-error.ts';
import { verifiedName } from './business.ts';
import { mayKnow } from './privacy.ts';

type Needs = ServerWith<'directory'>;

const MAX_USERS = 5000;

/** What one protocol of a usync query answers about an account; undefined for a number without one. */
type Protocol = (account: Account | undefined, asked: string, viewer: Account) => Stanza | undefined;

const PROTOCOLS = new Map<string, Protocol>(
  Object.entries({
    contact: (account, asked) =>
      stanza('contact', { type: account ? 'in' : 'out' }, asked ? Buffer.from(asked) : undefined),
    devices: (account) => account && devicesNode(account),
    // Asked by LID, the answer would say nothing new.
    lid: (account, asked) =>
      account && parseUserJid(asked)?.addressing !== 'lid'
        ? stanza('lid', { val: accountJid(account, 'lid') })
        : undefined,
    status: (account, _asked, viewer) => account && aboutNode(account, viewer),
    disappearing_mode: (account) =>
      account &&
      stanza('disappearing_mode', {
        duration: String(account.disappearing.seconds),
        t: seconds(account.disappearing.setAt),
      }),
    username: (account) => account && stanza('username'),
    business: (account) => (account?.business ? stanza('business', {}, verifiedName(account)) : undefined),
  } satisfies Record<string, Protocol>),
);

/** `xmlns="usync"`: devices, contact, LID, status and disappearing mode of many users at once. */
export function answerUsync(ctx: Needs, viewer: Account, iq: Stanza): Stanza[] {
  const usync = child(iq, 'usync');
  const asked = children(child(usync, 'query')).map((protocol) => protocol.tag);
  const users = children(child(usync, 'list'), 'user');
  if (!usync || asked.length === 0) throw new StanzaError(400, 'bad-request');
  if (users.length > MAX_USERS) throw new StanzaError(406, 'not-acceptable');
  const { sid, context, mode, index, last } = usync.attrs;
  return [
    stanza('usync', { sid, context, mode, index, last }, [
      stanza(
        'result',
        {},
        asked.map((tag) => resultOf(tag)),
      ),
      stanza(
        'list',
        {},
        users.flatMap((user) => answerUser(ctx, viewer, user, asked)),
      ),
    ]),
  ];
}

function resultOf(tag: string): Stanza {
  if (PROTOCOLS.has(tag)) return stanza(tag);
  return stanza(tag, {}, [stanza('error', { code: '501', text: 'feature-not-implemented' })]);
}

function answerUser(ctx: Needs, viewer: Account, user: Stanza, asked: string[]): Stanza[] {
  const phone = textOf(child(user, 'contact'));
  const account = phone ? byPhone(ctx, phone) : ctx.directory.account(user.attrs.jid);
  const jid = phone ? jidFor(account, phone) : user.attrs.jid;
  if (!jid) return [];
  const content = asked.flatMap((tag) => PROTOCOLS.get(tag)?.(account, phone ?? jid, viewer) ?? []);
  return [stanza('user', { jid }, content)];
}

function jidFor(account: Account | undefined, phone: string): string {
  return account ? accountJid(account, 'pn') : `${phone.replace(/\D/g, '')}@s.whatsapp.net`;
}

/** Brazilian mobile numbers are registered with or without the ninth digit; either finds the account. */
function byPhone(ctx: Needs, phone: string): Account | undefined {
  const digits = phone.replace(/\D/g, '');
  const exact = ctx.directory.get(digits);
  const brazil = /^(55\d\d)(9?)(\d{8})$/.exec(digits);
  if (exact || !brazil) return exact;
  const [, area, ninth, rest] = brazil;
  return ctx.directory.get(`${area}${ninth ? '' : '9'}${rest}`);
}

/** A text that is not for the viewer is answered with 401, one that is empty without content. */
function aboutNode(account: Account, viewer: Account): Stanza {
  if (!mayKnow(account, viewer, 'status')) return stanza('status', { code: '401', type: 'fail' });
  return stanza('status', { t: seconds(account.about.setAt) }, Buffer.from(account.about.text));
}

function devicesNode(account: Account): Stanza {
  const list = [...account.devices.values()].map((device) =>
    stanza('device', { id: String(device.id), 'key-index': device.link && String(device.link.keyIndex) }),
  );
  const content = [stanza('device-list', {}, list)];
  if (account.keyIndexList) {
    content.push(stanza('key-index-list', { ts: seconds(account.lastSeen) }, account.keyIndexList));
  }
  return stanza('devices', {}, content);
}
