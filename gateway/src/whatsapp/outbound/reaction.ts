import { wireMessage } from '../wire.ts';
import { keyOf, type OutgoingKind, type Reference } from './kind.ts';

/** A reaction to a message; an empty text takes the account's own away. */
export function reactionKind(about: Reference, emoji: string, now: () => number): OutgoingKind {
  return {
    type: 'reaction',
    content: emoji,
    about,
    build: ({ about: key }) => ({
      message: wireMessage({
        reactionMessage: { key: key && keyOf(key), text: emoji, senderTimestampMs: now() },
      }),
      answer: { replyTo: { messageId: about.messageId } },
    }),
  };
}

// A variation selector or a skin tone may follow a pictograph; up to four of them are joined to one (a family).
const SIGN = '\\p{Extended_Pictographic}(?:\\uFE0F|\\p{Emoji_Modifier})?';
const EMOJI = new RegExp(`^(?:\\p{RGI_Emoji}|${SIGN}(?:\\u200D${SIGN}){0,3})$`, 'v');

/** One grapheme cluster that is an emoji; pictographs that Unicode has not given a name yet count. */
export function isEmoji(text: string): boolean {
  return EMOJI.test(text);
}
