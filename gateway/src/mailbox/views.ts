import { type Person, STATUS } from '../whatsapp/jid.ts';
import type { Self } from '../whatsapp/session.ts';
import type { GroupTitle } from './groups.ts';

/** A person in events and answers. `jid` is the phone JID when it is known, else the LID. */
export interface User {
  jid: string;
  lid?: string;
  name: string;
}

export interface Chat {
  jid: string;
  lid?: string;
  name: string;
  groupName?: string;
  type: 'private' | 'group' | 'newsletter' | 'status';
  /** Parent or Announcements group of a community. */
  isCommunity?: true;
}

/** What is known of a person's names; '' and null alike mean nothing. */
export interface Names {
  push_name: string | null;
  saved_name: string | null;
  verified_name: string | null;
}

export function userView(person: Person, names: Names | null): User {
  return { ...addresses(person), name: names?.push_name || names?.saved_name || names?.verified_name || '' };
}

export function privateChatView(person: Person, names: Names | null): Chat {
  return { ...addresses(person), name: names?.saved_name || names?.push_name || '', type: 'private' };
}

export function selfView(self: Self): User {
  return { ...addresses(self), name: self.name };
}

/** A group under its subject; null when it is not known. */
export function groupView(jid: string, title: GroupTitle | null): Chat {
  const name = title?.subject ?? '';
  return { jid, name, groupName: name, type: 'group', ...(title?.community && { isCommunity: true }) };
}

/** Other chats that have a JID of their own. */
export function roomView(kind: 'newsletter' | 'status', jid: string, name = ''): Chat {
  return { jid, name: kind === 'status' ? '' : name, type: kind };
}

/** The other side of an outgoing message. */
export function recipientView(chat: Chat, contact: User | null): User {
  return contact ?? { jid: chat.jid, name: chat.jid === STATUS ? '' : chat.name };
}

function addresses({ jid, lid }: Person): Pick<User, 'jid' | 'lid'> {
  if (jid) return lid ? { jid, lid } : { jid };
  return lid ? { jid: lid, lid } : { jid: '' };
}
