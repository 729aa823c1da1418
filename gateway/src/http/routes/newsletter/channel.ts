import { userOf } from '../../../whatsapp/jid.ts';
import { type Newsletter, newsletterLink } from '../../../whatsapp/newsletter.ts';

/** A channel as the API shows it. Keys without a value are left out, and the invite link where the account is no admin. */
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

/** The channel of the examples, as its owner sees it. */
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
