import type { Generated } from 'kysely';

/**
 * A person or business as one instance knows it. The key is ours, because a phone JID and a LID of one person may
 * be learned in either order and either may change.
 */
export interface ContactTable {
  id: string;
  instance_id: string;
  /** `<digits>@s.whatsapp.net` */
  jid: string | null;
  /** `<digits>@lid` */
  lid: string | null;
  push_name: string | null;
  saved_name: string | null;
  verified_name: string | null;
  updated_at: number;
}

export interface MessageTable {
  instance_id: string;
  /** `contacts.id` in private chats, else the JID of the group, newsletter or `status@broadcast`. */
  chat: string;
  message_id: string;
  from_me: number;
  /** Author: `contacts.id`, or null for the account itself. */
  sender: string | null;
  type: string;
  content: string;
  /** Outgoing: pending, sent, delivered, read, played, failed. Incoming: received, read. */
  status: string | null;
  /** Outgoing only: code of WhatsApp's refusal. */
  error_code: number | null;
  source: string;
  is_group: number;
  /** Encoded `proto.Message`, for quotes and for WhatsApp's retry requests. */
  content_proto: Uint8Array;
  /** WhatsApp's time of the message, in whole seconds. */
  sent_at: number;
  stored_at: number;
  /** Marked with a star on a device of the account. */
  starred: Generated<number>;
  /** 0: it acts on another message (reaction, vote, edit, revocation) and is no item of the conversation. */
  in_history: Generated<number>;
  /** 1: `content` is the text of its newest edit. */
  edited: Generated<number>;
}

/** One conversation of an instance; `status@broadcast` is none. */
export interface ChatTable {
  instance_id: string;
  /** As `messages.chat`. */
  chat: string;
  kind: 'private' | 'group' | 'newsletter';
  /** Of a group or channel, as last received; people have theirs in `contacts`. */
  name: string | null;
  /** Time of the newest item, or what WhatsApp said of the conversation; 0 = never. */
  activity_at: Generated<number>;
  /** Incoming items whose status is `received`. */
  unread_count: Generated<number>;
  /** Marked as unread by hand, although its messages may be read. */
  marked_unread: Generated<number>;
  archived: Generated<number>;
  pinned_at: number | null;
  /** null = not muted, -1 = muted without end. */
  muted_until: number | null;
  favorite: Generated<number>;
  /** Taken off the list, until a new message comes. */
  deleted: Generated<number>;
  /** What was sent up to then was cleared or deleted; history does not bring it back. */
  cleared_to: number | null;
  /** 1 while messages up to `cleared_to` may still be stored. */
  clearing: Generated<number>;
}

/** The options that a voter has chosen in a poll, by the newest vote. */
export interface PollVoteTable {
  instance_id: string;
  /** `chat`, `message_id` and `from_me` of the poll's row. */
  chat: string;
  poll_id: string;
  poll_from_me: number;
  /** `contacts.id`, '' for the account itself. */
  voter: string;
  /** Id of the message that the vote came in. */
  vote_id: string;
  /** JSON string[]: names of the options; empty when the vote was withdrawn. */
  options: string;
  voted_at: number;
}

/** A channel that the instance knows; null where WhatsApp gave no value. */
export interface NewsletterTable {
  instance_id: string;
  jid: string;
  state: string | null;
  name: string | null;
  description: string | null;
  /** Code of the invite link. */
  invite: string | null;
  subscribers: number | null;
  picture_url: string | null;
  role: string | null;
  following: number;
  updated_at: number;
}

/** A group that the account is or was in; what it was called is still shown after it was left. */
export interface GroupTable {
  instance_id: string;
  jid: string;
  /** 0 = left, removed or deleted: then there are no participants. */
  member: number;
  subject: string;
  /** 1 = parent or Announcements group of a community */
  community: number;
  /** JSON of `GroupMetadata` without subject and participants */
  details: string;
  /** JSON of `Participant[]`: always read and changed as one, and a thousand rows would be slow to replace. */
  participants: string;
  updated_at: number;
}

/** A label of WhatsApp Business, made here or on the phone. */
export interface LabelTable {
  instance_id: string;
  /** Chosen by the device that made it; a whole number as text. */
  label_id: string;
  name: string;
  /** 0 to 19, as WhatsApp gives it. */
  color: number;
  /** 1 = one of WhatsApp's own. */
  predefined: number;
  /**
   * `deleted` was deleted here and is listed until the next sync; `gone` keeps the id from being given to another label,
   * which would inherit the chats of this one on the phone.
   */
  state: 'present' | 'deleted' | 'gone';
}

export interface LabelAssignmentTable {
  instance_id: string;
  label_id: string;
  /** As `messages.chat`. */
  chat: string;
  /** '' when the chat itself carries the label. */
  message_id: string;
}

export interface CallTable {
  instance_id: string;
  call_id: string;
  is_video: number;
  group_jid: string | null;
  offered_at: number;
}
