import { STATUS_JID } from '../../wire/jid.ts';
import { type Account, accountJid } from './account.ts';
import type { Group } from './groups.ts';
import type { Newsletter } from './newsletters.ts';

/** A conversation that messages are written to. */
export type Chat = Account | Group | Newsletter | StatusFeed;

/** What everybody publishes for a day. */
export interface StatusFeed {
  jid: typeof STATUS_JID;
}

export const STATUS_FEED: StatusFeed = { jid: STATUS_JID };

export function isGroup(chat: Chat): chat is Group {
  return 'participants' in chat;
}

export function isStatus(chat: Chat): chat is StatusFeed {
  return chat === STATUS_FEED;
}

export function isNewsletter(chat: Chat): chat is Newsletter {
  return 'staff' in chat;
}

/** How the control API names a chat: the JID of a group, channel or status, or the other side's phone-number JID. */
export function chatJid(chat: Chat): string {
  return 'jid' in chat ? chat.jid : accountJid(chat, 'pn');
}
