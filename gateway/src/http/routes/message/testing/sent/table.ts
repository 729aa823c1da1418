import type { Group, Newsletter, Phone } from '@ryze/whatsapp-sandbox/client';
import type { LinkedInstance } from '../../../../../testing/linked-gateway.ts';

/** Whom the tables send to, and what may be quoted or reacted to there. */
export interface SentWorld {
  instance: LinkedInstance;
  /** Gets everything that is sent to a person, and is in the group. */
  ana: Phone;
  bia: Phone;
  group: Group;
  /** Of the account; Ana follows it. */
  channel: Newsletter;
  /** A message of Ana to the account: its id. */
  question: string;
  /** A message of Ana in the group. */
  groupQuestion: string;
  /** A message of the account to Ana, and one in the group. */
  own: string;
  groupOwn: string;
}

/** One variation of a kind: what is asked for, what is answered, what a phone shows of it. */
export interface SentCase {
  name: string;
  /** Everything but `number`. */
  body: object | ((world: SentWorld) => object);
  /** Both when left out. */
  to?: 'person' | 'group';
  message: string;
  /** Of the answer's `data`; what is not named is as in every answer, and no other key may be there. */
  data: { messageType: string; content: string; [key: string]: unknown };
  /** Of the phone's inbox, matched as an object. */
  shows: object | ((world: SentWorld) => object);
}

export interface SentKind {
  path: string;
  cases: SentCase[];
  /** Takes `replyTo` and `replyPrivate`. */
  replies: 'both' | 'here' | 'none';
  /** Channels take it. */
  posts: boolean;
}

/** What no text field may fall over: U+0000, marks of direction, half a surrogate pair, a key of every object. */
export const HOSTILE = 'a\u0000b\u202ec\u200f\ud800d __proto__ \' " \\ </script> 😀';
/** The same as it goes out: what neither a database nor a protobuf takes is gone. */
export const HARMLESS = 'ab\u202ec\u200f\ufffdd __proto__ \' " \\ </script> 😀';
