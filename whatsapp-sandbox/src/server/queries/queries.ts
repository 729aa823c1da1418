import { child, children, type Stanza } from '../../wire/stanza.ts';
import { answerAppState } from '../accounts/app-state.ts';
import { answerBlocklist } from '../accounts/blocklist.ts';
import { answerEncrypt } from '../accounts/prekeys.ts';
import { answerPrivacy } from '../accounts/privacy.ts';
import { acceptAbout } from '../accounts/profile.ts';
import { answerProps } from '../accounts/props.ts';
import { answerStatusPrivacy } from '../accounts/status-privacy.ts';
import { answerUsync } from '../accounts/usync.ts';
import type { ServerContext } from '../context.ts';
import { answerGroups } from '../groups/queries.ts';
import type { Device } from '../model/account.ts';
import { answerNewsletter } from '../newsletters/queries.ts';
import { answerTerms } from '../newsletters/terms.ts';
import { removeCompanion } from '../pairing/companions.ts';
import { StanzaError } from '../stanza-error.ts';
import { answerMediaConn } from './media-conn.ts';
import { answerMex } from './mex.ts';
import { answerPicture } from './pictures.ts';
import { answerBots, answerBusinessProfile, answerContactCode } from './small.ts';

/** What queries need of the session of a logged-in client. */
export interface QuerySession {
  readonly device: Device;
  /** Begins to hand over what waited for the device. */
  readonly offline: { begin(): void };
}

/** Returns what stands inside `<iq type="result">`, or throws a StanzaError. */
type Query = (ctx: ServerContext, session: QuerySession, iq: Stanza) => Stanza[];

const QUERIES = new Map<string, Query>(
  Object.entries({
    encrypt: (ctx, { device }, iq) => answerEncrypt(ctx, device, iq),
    usync: (ctx, { device }, iq) => answerUsync(ctx, device.account, iq),
    privacy: (ctx, { device }, iq) => answerPrivacy(ctx, device, iq),
    blocklist: (ctx, { device }, iq) => answerBlocklist(ctx, device, iq),
    'w:g2': (ctx, { device }, iq) => answerGroups(ctx, device, iq),
    'w:m': (ctx, _session, iq) => answerMediaConn(ctx, iq),
    'w:mex': (ctx, { device }, iq) => answerMex(ctx, device, iq),
    newsletter: (ctx, { device }, iq) => answerNewsletter(ctx, device, iq),
    tos: (_ctx, { device }, iq) => answerTerms(device, iq),
    'w:p': () => [],
    'w:stats': () => [],
    'urn:xmpp:whatsapp:dirty': () => [],
    'urn:xmpp:whatsapp:push': () => [],
    passive: answerPassive,
    abt: (_ctx, { device }) => answerProps(device.account),
    'w:biz': (ctx, _session, iq) => answerBusinessProfile(ctx, iq),
    'w:qr': (ctx, { device }, iq) => answerContactCode(ctx, device.account, iq),
    bot: () => answerBots(),
    md: answerDevices,
    status: answerStatus,
    disappearing_mode: setDisappearing,
    'w:profile:picture': (ctx, { device }, iq) => answerPicture(ctx, device, iq),
    'w:sync:app:state': (ctx, { device }, iq) => answerAppState(ctx, device, iq),
  } satisfies Record<string, Query>),
);

/** WhatsApp's words for the codes that it refuses queries with. */
const FAULT_TEXTS: Record<number, string> = {
  400: 'bad-request',
  401: 'not-authorized',
  403: 'forbidden',
  404: 'item-not-found',
  429: 'rate-overlimit',
};

/** Answers an iq of a logged-in client; what the server does not know is refused with 501. */
export function answerQuery(ctx: ServerContext, session: QuerySession, iq: Stanza): Stanza[] {
  const [request] = children(iq);
  // Of GraphQL the id says what is asked.
  const asked = [iq.attrs.xmlns ?? '', request?.tag ?? '', request?.attrs.query_id ?? []].flat().join('/');
  const fault = ctx.faults.strike('query-error', session.device, asked);
  if (fault) throw new StanzaError(fault.value, FAULT_TEXTS[fault.value] ?? 'internal-server-error');
  const query = QUERIES.get(iq.attrs.xmlns ?? '');
  if (!query) throw new StanzaError(501, 'feature-not-implemented');
  return query(ctx, session, iq);
}

function answerPassive(_ctx: ServerContext, session: QuerySession, iq: Stanza): Stanza[] {
  if (child(iq, 'active')) setImmediate(() => session.offline.begin());
  return [];
}

function answerDevices(ctx: ServerContext, { device }: QuerySession, iq: Stanza): Stanza[] {
  const removal = child(iq, 'remove-companion-device');
  if (!removal) throw new StanzaError(501, 'feature-not-implemented');
  const named = ctx.directory.device(removal.attrs.jid);
  if (named !== device) throw new StanzaError(403, 'forbidden');
  // The answer goes out first; then the stream ends.
  setImmediate(() => removeCompanion(ctx, device));
  return [];
}

/** The about text, and who sees the status that an account publishes: WhatsApp calls both `status`. */
function answerStatus(ctx: ServerContext, { device }: QuerySession, iq: Stanza): Stanza[] {
  if (iq.attrs.type === 'get' && child(iq, 'privacy')) return answerStatusPrivacy(device);
  return acceptAbout(ctx, device, iq);
}

function setDisappearing(ctx: ServerContext, { device }: QuerySession, iq: Stanza): Stanza[] {
  const seconds = Number(child(iq, 'disappearing_mode')?.attrs.duration);
  if (!Number.isInteger(seconds) || seconds < 0) throw new StanzaError(400, 'bad-request');
  device.account.disappearing = { seconds, setAt: ctx.clock() };
  return [];
}
