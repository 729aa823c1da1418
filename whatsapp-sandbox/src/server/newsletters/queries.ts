import { SERVER_JID, withAt } from '../../wire/jid.ts';
import { children, type Stanza, stanza } from '../../wire/stanza.ts';
import type { ServerWith } from '../context.ts';
import type { Device } from '../model/account.ts';
import type { Post } from '../model/newsletters.ts';
import { StanzaError } from '../stanza-error.ts';
import { watch } from './live-updates.ts';
import { counters, messagesNode, plaintextOf } from './stanzas.ts';

type Needs = ServerWith<'clock' | 'delivery' | 'newsletters' | 'seconds'>;

/** A page of posts holds at most this many. */
const MAX_COUNT = 300;

/** `xmlns="newsletter"`: posts of a channel, their reactions and views, and requests to be notified of these at once. */
export function answerNewsletter(ctx: Needs, device: Device, iq: Stanza): Stanza[] {
  const [request] = children(iq);
  const own = withAt(iq.attrs.to) !== SERVER_JID;
  const named = own ? iq.attrs.to : request?.attrs.jid;
  const newsletter =
    request?.attrs.type === 'invite'
      ? ctx.newsletters.byInvite(request.attrs.key ?? '')
      : ctx.newsletters.get(named);
  if (!request || !newsletter || newsletter.state === 'DELETED') throw new StanzaError(404, 'item-not-found');
  const { attrs } = request;
  const { posts } = newsletter;
  switch (`${iq.attrs.type} ${request.tag}`) {
    case 'get messages': {
      const older = posts.filter(
        ({ serverId }) => serverId < (Number(attrs.before) || Number.POSITIVE_INFINITY),
      );
      const content = (post: Post) => [...counters(post), plaintextOf(post)];
      return [messagesNode(ctx, newsletter, older.slice(-countIn(attrs.count)), content)];
    }
    case 'get message_updates': {
      const newer = posts.filter(({ serverId }) => serverId > (Number(attrs.after) || 0));
      const page = messagesNode(ctx, newsletter, newer.slice(0, countIn(attrs.count)), counters);
      return [stanza('message_updates', {}, [page])];
    }
    case 'set live_updates':
      return [stanza('live_updates', { duration: String(watch(ctx, newsletter, device)) })];
    default:
      throw new StanzaError(501, 'feature-not-implemented');
  }
}

function countIn(count: string | undefined): number {
  const asked = Number(count);
  if (!Number.isInteger(asked) || asked < 1 || asked > MAX_COUNT) throw new StanzaError(400, 'bad-request');
  return asked;
}
