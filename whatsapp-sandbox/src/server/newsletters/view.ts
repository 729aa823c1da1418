import { seconds } from '../../wire/time.ts';
import type { Account } from '../model/account.ts';
import { isStaff, type Newsletter, roleOf } from '../model/newsletters.ts';

/** A channel as GraphQL answers show it to a viewer: the value of `xwa2_newsletter` and similar fields. */
export function newsletterView(newsletter: Newsletter, viewer: Account) {
  return {
    id: newsletter.jid,
    state: { type: newsletter.state },
    thread_metadata: threadView(newsletter),
    viewer_metadata: {
      role: roleOf(newsletter, viewer),
      mute: newsletter.followers.get(viewer)?.muted ? 'ON' : 'OFF',
      // Only those who run it see its settings.
      ...(isStaff(newsletter, viewer) && { settings: [] }),
    },
  };
}

/** Counts and times are strings, as WhatsApp writes them. */
function threadView(newsletter: Newsletter) {
  const { createdAt, name, description, invite, picture, followers, staff, isPrivate } = newsletter;
  // Who runs a channel does not count among those who read it.
  const subscribers = [...followers.keys()].filter((account) => !staff.has(account));
  const path = picture && `/v/t61.24694-24/${picture.id}_n.jpg`;
  const changed = String(createdAt * 1000);
  return {
    creation_time: seconds(createdAt),
    name: { id: changed, text: name, update_time: changed },
    description: { id: changed, text: description, update_time: changed },
    invite,
    subscribers_count: String(subscribers.length),
    verification: 'UNVERIFIED',
    privacy: { type: isPrivate ? 'PRIVATE' : 'PUBLIC' },
    // A channel without a picture has an empty preview and no picture at all.
    preview: { id: picture?.id ?? '', type: 'PREVIEW', direct_path: path ?? '' },
    ...(picture && { picture: { id: picture.id, type: 'IMAGE', direct_path: path } }),
    settings: { reaction_codes: { value: 'ALL' } },
  };
}
