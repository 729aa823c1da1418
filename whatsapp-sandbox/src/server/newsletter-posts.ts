import { proto } from 'baileys';
import { bytesOf, child, children, type Stanza, stanza } from '../wire/stanza.ts';
import { INVALID } from './ciphertexts.ts';
import type { ServerContext } from './context.ts';
import type { Account, Device } from './directory.ts';
import { addPost, isStaff, type Newsletter, type Post } from './newsletters.ts';
import { StanzaError } from './stanza-error.ts';

/** `edit` of a post whose text is replaced, and of one that is taken back; the stanza's id is then the post's. */
const EDITED = '3';
const REVOKED = '8';
const LIVE_MS = 300_000;
const MAX_PLAINTEXT_BYTES = 256 * 1024;
const MAX_EMOJI_BYTES = 64;

/**
 * Takes what a device sends to a channel: a post in the clear, a change of one, or a reaction.
 * @returns the post's number in the channel, for the ack
 */
export function routeToNewsletter(ctx: ServerContext, sender: Device, node: Stanza): string {
  const newsletter = ctx.newsletters.get(node.attrs.to);
  if (!newsletter || newsletter.state === 'DELETED') throw new StanzaError(404, 'item-not-found');
  if (newsletter.state !== 'ACTIVE') throw new StanzaError(403, 'forbidden');
  if (node.attrs.type === 'reaction') return react(ctx, newsletter, sender.account, node);
  if (!isStaff(newsletter, sender.account)) throw new StanzaError(403, 'forbidden');
  if (node.attrs.edit !== undefined) return change(ctx, newsletter, sender, node);
  const post = addPost(newsletter, {
    id: node.attrs.id ?? '',
    at: ctx.seconds() * 1000,
    by: sender.account,
    type: node.attrs.type ?? 'text',
    mediaType: child(node, 'plaintext')?.attrs.mediatype,
    plaintext: contentOf(node),
    reactions: new Map(),
    viewers: new Set(),
  });
  deliver(ctx, newsletter, sender, post, { beside: children(node).filter(({ tag }) => tag !== 'plaintext') });
  return String(post.serverId);
}

/** A channel is in the clear: exactly one payload, which everybody must be able to read, and no ciphertext. */
function contentOf(node: Stanza): Uint8Array {
  const [plaintext, ...more] = children(node, 'plaintext');
  const bytes = bytesOf(plaintext);
  if (!bytes || bytes.length === 0 || more.length > 0 || child(node, 'enc') || child(node, 'participants')) {
    throw new StanzaError(INVALID, 'a post is one plaintext');
  }
  if (bytes.length > MAX_PLAINTEXT_BYTES) throw new StanzaError(413, 'payload-too-large');
  try {
    const message = proto.Message.decode(bytes).toJSON();
    if (Object.keys(message).some((field) => field !== 'messageContextInfo')) return bytes;
  } catch (error) {
    throw new StanzaError(
      INVALID,
      `a post that is no message: ${error instanceof Error ? error.message : ''}`,
    );
  }
  throw new StanzaError(INVALID, 'a post without content');
}

function change(ctx: ServerContext, newsletter: Newsletter, sender: Device, node: Stanza): string {
  const post = newsletter.posts.find(({ id }) => id === node.attrs.id);
  if (!post) throw new StanzaError(404, 'item-not-found');
  const { edit } = node.attrs;
  if (edit === REVOKED) post.plaintext = new Uint8Array();
  else if (edit === EDITED) post.plaintext = contentOf(node);
  else throw new StanzaError(INVALID, 'no such edit');
  const times = { msg_edit_t: String(ctx.clock()), original_msg_t: String(Math.floor(post.at / 1000)) };
  deliver(ctx, newsletter, sender, post, { edit, beside: [stanza('meta', times)] });
  return String(post.serverId);
}

/** To every device of every follower, and to the other devices of whoever posts. */
function deliver(
  ctx: ServerContext,
  newsletter: Newsletter,
  sender: Device,
  post: Post,
  { edit, beside }: { edit?: string; beside: Stanza[] },
): void {
  for (const account of new Set([...newsletter.followers.keys(), sender.account])) {
    const attrs = {
      id: post.id,
      from: newsletter.jid,
      t: String(Math.floor(post.at / 1000)),
      type: post.type,
      server_id: String(post.serverId),
      is_sender: account === post.by ? 'true' : undefined,
      edit,
    };
    const message = stanza('message', attrs, [plaintextOf(post), ...beside]);
    for (const device of account.devices.values()) {
      if (device !== sender) ctx.delivery.durable(device, message);
    }
  }
}

function plaintextOf({ plaintext, mediaType }: Post): Stanza {
  return stanza('plaintext', { mediatype: mediaType }, plaintext);
}

function react(ctx: ServerContext, newsletter: Newsletter, account: Account, node: Stanza): string {
  if (!newsletter.followers.has(account)) throw new StanzaError(403, 'forbidden');
  const post = newsletter.posts.find(({ serverId }) => String(serverId) === node.attrs.server_id);
  if (!post) throw new StanzaError(404, 'item-not-found');
  const emoji = child(node, 'reaction')?.attrs.code ?? '';
  if (Buffer.byteLength(emoji) > MAX_EMOJI_BYTES) throw new StanzaError(INVALID, 'no emoji');
  if (emoji) post.reactions.set(account, emoji);
  else post.reactions.delete(account);
  tellWatchers(ctx, newsletter, post);
  return String(post.serverId);
}

/** `<receipt type="view">`: somebody has a channel's posts on his screen. */
export function noteViews(
  ctx: ServerContext,
  viewer: Account,
  jid: string | undefined,
  serverIds: string[],
): void {
  const newsletter = ctx.newsletters.get(jid);
  if (!newsletter?.followers.has(viewer)) return;
  for (const post of newsletter.posts) {
    if (!serverIds.includes(String(post.serverId)) || post.viewers.has(viewer)) continue;
    post.viewers.add(viewer);
    tellWatchers(ctx, newsletter, post);
  }
}

function tellWatchers(ctx: ServerContext, newsletter: Newsletter, post: Post): void {
  const updates = stanza('live_updates', {}, [messagesNode(ctx, newsletter, [post], counters)]);
  for (const [device, until] of newsletter.watchers) {
    if (until > ctx.clock()) ctx.delivery.notify(device, 'newsletter', newsletter.jid, [updates]);
    else newsletter.watchers.delete(device);
  }
}

/** `xmlns="newsletter"`: posts of a channel, what became of them, and who wants to hear of that at once. */
export function answerNewsletter(ctx: ServerContext, device: Device, iq: Stanza): Stanza[] {
  const [request] = children(iq);
  const own = iq.attrs.to !== 's.whatsapp.net';
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
      newsletter.watchers.set(device, ctx.clock() + LIVE_MS);
      return [stanza('live_updates', { duration: String(LIVE_MS / 1000) })];
    default:
      throw new StanzaError(501, 'feature-not-implemented');
  }
}

function countIn(count: string | undefined): number {
  const asked = Number(count);
  if (!Number.isInteger(asked) || asked < 1 || asked > 300) throw new StanzaError(400, 'bad-request');
  return asked;
}

function messagesNode(
  ctx: ServerContext,
  { jid }: Newsletter,
  posts: Post[],
  content: (post: Post) => Stanza[],
): Stanza {
  const messages = posts.map((post) => {
    const { id, serverId, at, type } = post;
    const attrs = { id, server_id: String(serverId), t: String(Math.floor(at / 1000)), type };
    return stanza('message', attrs, content(post));
  });
  return stanza('messages', { jid, t: String(ctx.seconds()) }, messages);
}

function counters({ viewers, reactions }: Post): Stanza[] {
  const counted = new Map<string, number>();
  for (const emoji of reactions.values()) counted.set(emoji, (counted.get(emoji) ?? 0) + 1);
  const each = [...counted].map(([code, count]) => stanza('reaction', { code, count: String(count) }));
  return [stanza('views_count', { count: String(viewers.size) }), stanza('reactions', {}, each)];
}
