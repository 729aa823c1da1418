import type { ServerContext } from '../server/context.ts';
import type { Account } from '../server/model/account.ts';
import type { Newsletter, Post, Staff } from '../server/model/newsletters.ts';

/** A channel as `--state` keeps it; accounts are named by their numbers. */
export interface NewsletterSnapshot
  extends Omit<Newsletter, 'staff' | 'followers' | 'applicants' | 'posts' | 'watchers'> {
  staff: [string, Staff][];
  followers: [string, { muted: boolean }][];
  applicants: string[];
  posts: (Omit<Post, 'by' | 'reactions' | 'viewers'> & {
    by: string;
    reactions: [string, string][];
    viewers: string[];
  })[];
}

export function newsletterSnapshot(newsletter: Newsletter): NewsletterSnapshot {
  // Who watches is connected now and asks again.
  const { staff, followers, applicants, posts, watchers: _, ...plain } = newsletter;
  return {
    ...plain,
    staff: byNumber(staff),
    followers: byNumber(followers),
    applicants: [...applicants].map(({ number }) => number),
    posts: posts.map(({ by, reactions, viewers, ...post }) => ({
      ...post,
      by: by.number,
      reactions: byNumber(reactions),
      viewers: [...viewers].map(({ number }) => number),
    })),
  };
}

export function restoreNewsletter(ctx: ServerContext, kept: NewsletterSnapshot): void {
  const account = (number: string): Account => {
    const found = ctx.directory.get(number);
    if (!found) throw new Error(`the state file has no phone ${number} that channel ${kept.jid} names`);
    return found;
  };
  const map = <V>(entries: [string, V][]) =>
    new Map(entries.map(([number, value]) => [account(number), value]));
  ctx.newsletters.add({
    ...kept,
    staff: map(kept.staff),
    followers: map(kept.followers),
    applicants: new Set(kept.applicants.map(account)),
    posts: kept.posts.map((post) => ({
      ...post,
      by: account(post.by),
      reactions: map(post.reactions),
      viewers: new Set(post.viewers.map(account)),
    })),
    watchers: new Map(),
  });
}

function byNumber<V>(map: Map<Account, V>): [string, V][] {
  return [...map].map(([{ number }, value]) => [number, value]);
}
