import { type Stanza, stanza } from '../../wire/stanza.ts';
import { seconds } from '../../wire/time.ts';
import type { ServerWith } from '../context.ts';
import type { Newsletter, Post } from '../model/newsletters.ts';

type Needs = ServerWith<'seconds'>;

/** What a post says, in the clear. */
export function plaintextOf({ plaintext, mediaType }: Post): Stanza {
  return stanza('plaintext', { mediatype: mediaType }, plaintext);
}

/** Some posts of a channel, each with what `content` shows of it. */
export function messagesNode(
  ctx: Needs,
  { jid }: Newsletter,
  posts: Post[],
  content: (post: Post) => Stanza[],
): Stanza {
  const messages = posts.map((post) => {
    const { id, serverId, at, type } = post;
    const attrs = { id, server_id: String(serverId), t: seconds(at), type };
    return stanza('message', attrs, content(post));
  });
  return stanza('messages', { jid, t: String(ctx.seconds()) }, messages);
}

/** How many have seen a post, and how many reacted with what. */
export function counters({ viewers, reactions }: Post): Stanza[] {
  const counted = new Map<string, number>();
  for (const emoji of reactions.values()) counted.set(emoji, (counted.get(emoji) ?? 0) + 1);
  const each = [...counted].map(([code, count]) => stanza('reaction', { code, count: String(count) }));
  return [stanza('views_count', { count: String(viewers.size) }), stanza('reactions', {}, each)];
}
