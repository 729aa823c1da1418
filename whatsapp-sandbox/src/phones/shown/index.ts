import type { proto } from 'baileys';
import { MEDIA_FIELDS } from '../media/held.ts';
import { readContact, readLocation, type ShownContact, type ShownLocation } from './cards.ts';
import { readContext, type ShownContext } from './context.ts';
import { readEvent, type ShownEvent } from './event.ts';
import { readInteractive, type ShownInteractive } from './interactive.ts';
import type { Marks } from './marks.ts';
import { readPoll, type ShownPoll } from './poll.ts';

export interface ShownPreview {
  url: string;
  title: string | undefined;
  description: string | undefined;
  thumbnail: boolean;
}

/** What a screen shows of a message beside its text. */
export interface Shown extends ShownContext {
  location?: ShownLocation;
  contacts?: ShownContact[];
  poll?: ShownPoll;
  reaction?: { emoji: string; fromMe: boolean; participant: string | undefined; chat: string | undefined };
  interactive?: ShownInteractive;
  event?: ShownEvent;
  preview?: ShownPreview;
}

/** `kind`, plain text and details of a message; undefined for a kind that no family here knows. */
export function show(message: proto.IMessage, marks: Marks): (Shown & Named) | undefined {
  const shown = readFamilies(message, marks);
  return shown && { ...shown, ...readContext(contextOf(message), shown.text) };
}

interface Named {
  kind: string;
  text?: string | undefined;
  /** The message that this one is about. */
  target?: string | undefined;
}

function readFamilies(message: proto.IMessage, marks: Marks): (Shown & Named) | undefined {
  const { extendedTextMessage, conversation, locationMessage, contactMessage, contactsArrayMessage } =
    message;
  const { reactionMessage, interactiveMessage, eventMessage } = message;
  const secret = message.messageContextInfo?.messageSecret;
  const pollMessage =
    message.pollCreationMessage ?? message.pollCreationMessageV2 ?? message.pollCreationMessageV3;
  if (extendedTextMessage) return readText(extendedTextMessage);
  if (conversation) return { kind: 'text', text: conversation };
  if (locationMessage) return { kind: 'location', location: readLocation(locationMessage) };
  if (contactMessage) return { kind: 'contact', contacts: [readContact(contactMessage)] };
  if (contactsArrayMessage) {
    return { kind: 'contacts', contacts: (contactsArrayMessage.contacts ?? []).map(readContact) };
  }
  if (reactionMessage) return readReaction(reactionMessage);
  if (pollMessage) {
    const poll = readPoll(pollMessage, secret, marks);
    return drawn('poll', pollMessage.name, poll && { poll });
  }
  if (eventMessage) {
    const event = readEvent(eventMessage, secret, marks);
    return drawn('event', eventMessage.name, event && { event });
  }
  if (interactiveMessage) {
    const interactive = readInteractive(interactiveMessage, marks);
    return drawn('interactive', interactiveMessage.body?.text, interactive && { interactive });
  }
  return readFile(message);
}

/** A kind with what makes it one; without that, all that a phone can show is its text. */
function drawn(kind: string, text: string | null | undefined, details: Shown | undefined): Shown & Named {
  return details ? { kind, text: text ?? undefined, ...details } : { kind: 'text', text: text ?? undefined };
}

/** A message that is a file; the file itself is downloaded apart from this. */
function readFile(message: proto.IMessage): Named | undefined {
  for (const [field, content] of Object.entries(message)) {
    if (!content || !Object.hasOwn(MEDIA_FIELDS, field)) continue;
    const { caption } = content as proto.Message.IImageMessage;
    return { kind: field.replace(/Message$/, ''), text: caption ?? undefined };
  }
  return undefined;
}

function readText(message: proto.Message.IExtendedTextMessage): Shown & Named {
  const { text, matchedText, title, description, jpegThumbnail } = message;
  const preview = matchedText
    ? {
        url: matchedText,
        title: title ?? undefined,
        description: description ?? undefined,
        thumbnail: Boolean(jpegThumbnail?.length),
      }
    : undefined;
  return { kind: 'text', text: text ?? undefined, ...(preview && { preview }) };
}

function readReaction({ key, text }: proto.Message.IReactionMessage): Shown & Named {
  return {
    kind: 'reaction',
    text: text ?? '',
    target: key?.id ?? undefined,
    reaction: {
      emoji: text ?? '',
      fromMe: key?.fromMe ?? false,
      participant: key?.participant ?? undefined,
      chat: key?.remoteJid ?? undefined,
    },
  };
}

/** Quote and mentions, wherever the kind keeps them. */
export function contextOf(message: proto.IMessage): proto.IContextInfo | undefined {
  for (const value of Object.values(message)) {
    if (typeof value === 'object' && value !== null && 'contextInfo' in value && value.contextInfo) {
      return value.contextInfo as proto.IContextInfo;
    }
  }
  return undefined;
}
