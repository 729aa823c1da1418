import { userOf } from '../../../whatsapp/jid.ts';
import { type Newsletter, newsletterLink } from '../../../whatsapp/newsletter.ts';

/** `NewsletterChannel` (`groups.md`): keys without a value, or that are not for this reader, are left out. */
export function channelView(newsletter: Newsletter) {
  const { jid, state, name, description, invite, subscribers, pictureUrl, role } = newsletter;
  const runsIt = role === 'owner' || role === 'admin';
  return {
    jid,
    state: state ?? 'active',
    name: name ?? '',
    description: description ?? '',
    ...(runsIt && { inviteLink: newsletterLink(invite ?? userOf(jid)) }),
    subscriberCount: subscribers ?? 0,
    ...(pictureUrl && { pictureUrl }),
    ...(role && { role }),
  };
}

/** The contract's channel, as its owner sees it. */
export const exampleChannel = {
  jid: '120363422585881117@newsletter',
  state: 'active',
  name: 'Product news',
  description: 'Releases',
  inviteLink: 'https://whatsapp.com/channel/120363422585881117',
  subscriberCount: 12,
  pictureUrl: 'https://pps.whatsapp.net/v/t61.jpg',
  role: 'owner',
};
