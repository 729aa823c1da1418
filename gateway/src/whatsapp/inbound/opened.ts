import { createHash } from 'node:crypto';
import { proto } from '../proto.ts';
import { bounded } from './bounded.ts';
import type { Content } from './content.ts';
import { reaction } from './reaction.ts';
import { readContent } from './read.ts';
import type { Sealed } from './sealed.ts';

/** The message that sealed content is about, as it is stored. */
export interface SealedTarget {
  content: Content;
  /** It is the account's. */
  fromMe: boolean;
  /** JID of its author; null when it is the account's or a channel's. */
  author: string | null;
}

type Open = (content: Content, sealed: Sealed, plain: Uint8Array, target: SealedTarget) => Content | null;

const OPEN: Record<Sealed['use'], Open> = {
  'Poll Vote': openVote,
  'Event Response': openAnswer,
  'Enc Reaction': openReaction,
  'Message Edit': openEdit,
};

/** The content with what was sealed in it; as it was when that makes no sense. */
export function withOpened(
  content: Content,
  sealed: Sealed,
  plain: Uint8Array,
  target: SealedTarget,
): Content {
  try {
    const opened = OPEN[sealed.use](content, sealed, plain, target);
    return opened ? bounded(opened) : content;
  } catch {
    return content; // everyone who has the secret can seal bytes that are no message
  }
}

function openVote(content: Content, sealed: Sealed, plain: Uint8Array, { content: { poll } }: SealedTarget) {
  if (!poll) return null;
  const { selectedOptions } = proto.Message.PollVoteMessage.decode(plain);
  const chosen = new Set(selectedOptions.map((hash) => Buffer.from(hash).toString('hex')));
  const options = poll.options.filter(({ name }) =>
    chosen.has(createHash('sha256').update(name).digest('hex')),
  );
  return {
    ...content,
    content: options.map(({ name }) => name).join(', '),
    poll_vote: { poll_message_id: sealed.target, poll_title: poll.title, options, decrypted: true },
  };
}

const { EventResponseType } = proto.Message.EventResponseMessage;

function openAnswer(content: Content, sealed: Sealed, plain: Uint8Array): Content {
  const { response } = proto.Message.EventResponseMessage.decode(plain);
  const title = EventResponseType[response ?? EventResponseType.UNKNOWN] ?? 'UNKNOWN';
  return { ...content, interactive: { kind: 'event_response', title, messageId: sealed.target } };
}

function openReaction(
  content: Content,
  { target: id }: Sealed,
  plain: Uint8Array,
  { fromMe, author: participant }: SealedTarget,
): Content {
  const { text } = proto.Message.ReactionMessage.decode(plain);
  return { ...content, ...reaction({ key: { id, fromMe, participant }, text: text ?? '' }) };
}

/** An edit is a whole message of its own inside, which must be about the message that it was sealed for. */
function openEdit(_: Content, { target }: Sealed, plain: Uint8Array): Content | null {
  const opened = readContent(proto.Message.decode(plain));
  return opened?.edit?.original_id === target ? opened : null;
}
