import type {
  ButtonResponse,
  CalendarEvent,
  ContactCard,
  Interactive,
  ListResponse,
  Location,
  Media,
  Poll,
  PollVote,
  Reaction,
} from './blocks.ts';
import type { Sealed } from './sealed.ts';

/** Every kind of message that the gateway knows, in the contract's words; a closed list. */
export const MESSAGE_TYPES = [
  'text',
  'image',
  'video',
  'audio',
  'document',
  'sticker',
  'location',
  'contact',
  'contacts',
  'poll',
  'poll_vote',
  'reaction',
  'buttons',
  'buttons_response',
  'list',
  'list_response',
  'interactive',
  'interactive_response',
  'event',
  'message_edit',
  'message_revoke',
  'unknown',
  'undecryptable',
] as const;

export type MessageType = (typeof MESSAGE_TYPES)[number];

export interface Edit {
  original_id: string;
  text: string;
}

export interface Revoke {
  original_id: string;
  /** Whose message it was: the revoker's own, or the address that the message names, null when it names none. */
  author: 'sender' | string | null;
}

export interface AdReply {
  title: string | null;
  body: string | null;
  sourceType: string | null;
  sourceId: string | null;
  sourceUrl: string | null;
  mediaUrl: string | null;
  ctwaClid: string | null;
}

/** What a message refers to; addresses are as they were sent. */
export interface Context {
  messageId: string | null;
  participant: string | null;
  type: MessageType | null;
  content: string | null;
  forwardingScore: number;
  expiration: number;
  ad: AdReply | null;
}

/** What one kind of message says, found by its translator. */
export interface Kind {
  type: MessageType;
  content: string;
  edit?: Edit;
  revoke?: Revoke;
  media?: Media;
  location?: Location;
  /** One card, or several. */
  contacts?: ContactCard[];
  poll?: Poll;
  poll_vote?: PollVote;
  reaction?: Reaction;
  interactive?: Interactive;
  button_response?: ButtonResponse;
  list_response?: ListResponse;
  event?: CalendarEvent;
  /** What of it is still closed. */
  sealed?: Sealed;
}

/** What a translator may need of what surrounds a message. */
export interface Around {
  /** The message that it answers, null when there is none or it does not come along. */
  quoted: Content | null;
  /** It is to be seen once. */
  viewOnce: boolean;
}

/** The content of a message as a domain object: its kind and what all kinds share. */
export interface Content extends Kind {
  isForwarded: boolean;
  context: Context | null;
  /** Addresses of those who are mentioned. */
  mentioned: string[];
}

/** Content that says nothing but that it is there. */
export const EMPTY: Content = {
  type: 'unknown',
  content: '',
  isForwarded: false,
  context: null,
  mentioned: [],
};

export const UNDECRYPTABLE: Content = { ...EMPTY, type: 'undecryptable' };

/** The same content with every address in it replaced: the one place that knows where addresses are. */
export function withAddresses(content: Content, replace: (address: string) => string): Content {
  const { context, revoke, reaction } = content;
  return {
    ...content,
    mentioned: content.mentioned.map(replace),
    context: context && { ...context, participant: context.participant && replace(context.participant) },
    ...(revoke && { revoke: { ...revoke, author: replaceAuthor(revoke.author, replace) } }),
    ...(reaction && {
      reaction: { ...reaction, participant: reaction.participant && replace(reaction.participant) },
    }),
  };
}

function replaceAuthor(author: Revoke['author'], replace: (address: string) => string): Revoke['author'] {
  return author === null || author === 'sender' ? author : replace(author);
}

/** Every address that `withAddresses` would replace. */
export function addressesIn(content: Content): string[] {
  const found: string[] = [];
  withAddresses(content, (address) => {
    found.push(address);
    return address;
  });
  return found;
}
