import { proto } from 'baileys';
import { bytesOf, child, children, type Stanza, stanza } from '../../wire/stanza.ts';
import { seconds } from '../../wire/time.ts';
import type { ServerWith } from '../context.ts';
import type { Account, Device } from '../model/account.ts';
import { addPost, isStaff, type Newsletter, type Post } from '../model/newsletters.ts';
import { INVALID, StanzaError } from '../stanza-error.ts';
import { notifyWatchers } from './live-updates.ts';
import { plaintextOf } from './stanzas.ts';

type Needs = ServerWith<'clock' | 'delivery' | 'newsletters' | 'seconds'>;

/** `edit` of a post whose text is replaced, and of one that is taken back; the stanza's id is then the post's. */
const EDITED = '3';
const REVOKED = '8';
const MAX_PLAINTEXT_BYTES = 256 * 1024;
const MAX_EMOJI_BYTES = 64;

/**
 * Takes what a device sends to a channel: a post in the clear, a change of one, or a reaction.
 * @returns the post's number in the channel, for the ack
 */
export function routeToNewsletter(ctx: Needs, sender: Device, node: Stanza): string {
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

function change(ctx: Needs, newsletter: Newsletter, sender: Device, node: Stanza): string {
  const post = newsletter.posts.find(({ id }) => id === node.attrs.id);
  if (!post) throw new StanzaError(404, 'item-not-found');
  const { edit } = node.attrs;
  if (edit === REVOKED) post.plaintext = new Uint8Array();
  else if (edit === EDITED) post.plaintext = contentOf(node);
  else throw new StanzaError(INVALID, 'no such edit');
  const times = { msg_edit_t: String(ctx.clock()), original_msg_t: seconds(post.at) };
  deliver(ctx, newsletter, sender, post, { edit, beside: [stanza('meta', times)] });
  return String(post.serverId);
}

/** To every device of every follower, and to the other devices of the account that posts. */
function deliver(
  ctx: Needs,
  newsletter: Newsletter,
  sender: Device,
  post: Post,
  { edit, beside }: { edit?: string; beside: Stanza[] },
): void {
  for (const account of new Set([...newsletter.followers.keys(), sender.account])) {
    const attrs = {
      id: post.id,
      from: newsletter.jid,
      t: seconds(post.at),
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

function react(ctx: Needs, newsletter: Newsletter, account: Account, node: Stanza): string {
  if (!newsletter.followers.has(account)) throw new StanzaError(403, 'forbidden');
  const post = newsletter.posts.find(({ serverId }) => String(serverId) === node.attrs.server_id);
  if (!post) throw new StanzaError(404, 'item-not-found');
  const emoji = child(node, 'reaction')?.attrs.code ?? '';
  if (Buffer.byteLength(emoji) > MAX_EMOJI_BYTES) throw new StanzaError(INVALID, 'no emoji');
  if (emoji) post.reactions.set(account, emoji);
  else post.reactions.delete(account);
  notifyWatchers(ctx, newsletter, post);
  return String(post.serverId);
}
