import { createHash } from 'node:crypto';
import { proto } from 'baileys';
import type { ServerWith } from '../../server/context.ts';
import { type Account, accountJid } from '../../server/model/account.ts';
import type { Addressing } from '../../wire/jid.ts';
import { unwrapped } from '../messages/envelopes.ts';
import { type KnownMessage, keyOf, secretOf } from '../messages/known.ts';
import { type SealUse, seal } from './sealing.ts';

/** What a phone needs to say something about a message. */
interface Author {
  readonly ctx: ServerWith<'clock'>;
  readonly account: Account;
}

/* Messages about a message that the phone knows: reactions, votes, answers, edits, revocations. */

const { Type } = proto.Message.ProtocolMessage;

/** How the phone names people in what it says about a message. */
export interface Naming {
  addressing: Addressing;
  /** The author of the message, when he is named in another form. */
  creatorAs?: Addressing | undefined;
}

export function reaction(phone: Author, known: KnownMessage, emoji: string, naming: Naming): proto.IMessage {
  const key = keyOf(phone, known, naming.addressing);
  return { reactionMessage: { key, text: emoji, senderTimestampMs: phone.ctx.clock() } };
}

/** As members of a community's announcement group react: sealed. */
export function sealedReaction(
  phone: Author,
  known: KnownMessage,
  emoji: string,
  naming: Naming,
): proto.IMessage {
  const plain = proto.Message.ReactionMessage.encode({ text: emoji, senderTimestampMs: phone.ctx.clock() });
  const targetMessageKey = keyOf(phone, known, naming.addressing);
  const sealed = sealAbout(phone, known, 'Enc Reaction', plain.finish(), naming);
  return { encReactionMessage: { targetMessageKey, ...sealed } };
}

/** A vote for these options, by name; none withdraws an earlier one. */
export function vote(phone: Author, known: KnownMessage, options: string[], naming: Naming): proto.IMessage {
  const selectedOptions = options.map((name) => createHash('sha256').update(name).digest());
  const plain = proto.Message.PollVoteMessage.encode({ selectedOptions }).finish();
  return {
    pollUpdateMessage: {
      pollCreationMessageKey: keyOf(phone, known, naming.addressing),
      vote: sealAbout(phone, known, 'Poll Vote', plain, naming),
      senderTimestampMs: phone.ctx.clock(),
    },
  };
}

const { EventResponseType } = proto.Message.EventResponseMessage;
export const EVENT_ANSWERS = ['GOING', 'NOT_GOING', 'MAYBE'] as const;

/** Whether the phone's user comes to an event. */
export function eventAnswer(
  phone: Author,
  known: KnownMessage,
  answer: (typeof EVENT_ANSWERS)[number],
  naming: Naming,
): proto.IMessage {
  const response = EventResponseType[answer];
  const plain = proto.Message.EventResponseMessage.encode({ response, timestampMs: phone.ctx.clock() });
  return {
    encEventResponseMessage: {
      eventCreationMessageKey: keyOf(phone, known, naming.addressing),
      ...sealAbout(phone, known, 'Event Response', plain.finish(), naming),
    },
  };
}

/** Another text, or another caption for media, wrapped as phones do it. */
export function edit(
  phone: Author,
  known: KnownMessage,
  text: string,
  { addressing }: Naming,
): proto.IMessage {
  const protocolMessage = {
    key: keyOf(phone, known, addressing),
    type: Type.MESSAGE_EDIT,
    editedMessage: edited(known.message, text),
    timestampMs: phone.ctx.clock(),
  };
  return { editedMessage: { message: { protocolMessage } } };
}

/** An edit that only who knows the message can read. */
export function sealedEdit(phone: Author, known: KnownMessage, text: string, naming: Naming): proto.IMessage {
  const plain = proto.Message.encode(edit(phone, known, text, naming).editedMessage?.message ?? {}).finish();
  return {
    secretEncryptedMessage: {
      targetMessageKey: keyOf(phone, known, naming.addressing),
      secretEncType: proto.Message.SecretEncryptedMessage.SecretEncType.MESSAGE_EDIT,
      ...sealAbout(phone, known, 'Message Edit', plain, naming),
    },
  };
}

function edited(message: proto.IMessage, text: string): proto.IMessage {
  const { imageMessage, videoMessage, documentMessage } = unwrapped(message);
  if (imageMessage) return { imageMessage: { caption: text } };
  if (videoMessage) return { videoMessage: { caption: text } };
  if (documentMessage) return { documentMessage: { caption: text } };
  return { conversation: text };
}

/** Deletes a message for everyone: an own one, or as an admin another's. */
export function revocation(phone: Author, known: KnownMessage, { addressing }: Naming): proto.IMessage {
  return { protocolMessage: { key: keyOf(phone, known, addressing), type: Type.REVOKE } };
}

function sealAbout(phone: Author, known: KnownMessage, use: SealUse, plain: Uint8Array, naming: Naming) {
  const secret = secretOf(known);
  if (!secret) throw new Error(`message ${known.id} has no secret`);
  const { addressing, creatorAs = addressing } = naming;
  const key = {
    secret,
    target: known.id,
    creator: accountJid(known.author, creatorAs),
    sender: accountJid(phone.account, addressing),
  };
  return seal(use, key, plain);
}
