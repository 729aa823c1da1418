import { stanza } from '../../wire/stanza.ts';
import type { ServerWith } from '../context.ts';
import type { Account, Device } from '../model/account.ts';
import type { Newsletter, Post } from '../model/newsletters.ts';
import { counters, messagesNode } from './stanzas.ts';

type Needs = ServerWith<'clock' | 'delivery' | 'newsletters' | 'seconds'>;

const LIVE_MS = 300_000;

/** From now on a device is notified at once of reactions and views of a channel's posts; returns for how many seconds. */
export function watch(ctx: Needs, newsletter: Newsletter, device: Device): number {
  newsletter.watchers.set(device, ctx.clock() + LIVE_MS);
  return LIVE_MS / 1000;
}

/** `<receipt type="view">`: an account has a channel's posts on its screen. */
export function noteViews(ctx: Needs, viewer: Account, jid: string | undefined, serverIds: string[]): void {
  const newsletter = ctx.newsletters.get(jid);
  if (!newsletter?.followers.has(viewer)) return;
  for (const post of newsletter.posts) {
    if (!serverIds.includes(String(post.serverId)) || post.viewers.has(viewer)) continue;
    post.viewers.add(viewer);
    notifyWatchers(ctx, newsletter, post);
  }
}

/** Notifies the devices that watch a channel of the reactions to a post and of its views. */
export function notifyWatchers(ctx: Needs, newsletter: Newsletter, post: Post): void {
  const updates = stanza('live_updates', {}, [messagesNode(ctx, newsletter, [post], counters)]);
  for (const [device, until] of newsletter.watchers) {
    if (until > ctx.clock()) ctx.delivery.notify(device, 'newsletter', newsletter.jid, [updates]);
    else newsletter.watchers.delete(device);
  }
}
