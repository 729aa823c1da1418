import { randomBytes } from 'node:crypto';
import type { proto } from 'baileys';
import { acceptMessage, type Needs as MessageNeeds } from '../../server/messages/messages.ts';
import type { Device } from '../../server/model/account.ts';
import { type Stanza, stanza } from '../../wire/stanza.ts';
import { MEDIA_FIELDS } from '../media/held.ts';
import { unwrapped } from '../messages/envelopes.ts';

/** What a phone needs to hand a stanza to the server. */
export interface Submitter {
  readonly ctx: MessageNeeds;
  readonly device: Device;
}

/** The server refused a phone's message; `code` is the ack's. */
export class RefusedError extends Error {
  readonly code: string;

  constructor(code: string) {
    super(`the server refused the message with ${code}`);
    this.code = code;
  }
}

/** An id as phones make them: 32 upper-case hexadecimal digits that begin with 3A. */
export function makeMessageId(): string {
  return `3A${randomBytes(15).toString('hex').toUpperCase()}`;
}

/** Hands a phone's message to the server. */
export function submit(phone: Submitter, node: Stanza): void {
  const ack = acceptMessage(phone.ctx, phone.device, node);
  if (ack?.attrs.error) throw new RefusedError(ack.attrs.error);
}

/** Says in the clear, as clients do, what sort of message it is. */
export function stanzaType(message: proto.IMessage): string {
  const content = unwrapped(message);
  if (content.reactionMessage || content.encReactionMessage) return 'reaction';
  const [, , type] = ANNOUNCED.find(([field]) => content[field]) ?? [];
  if (type) return type;
  return Object.keys(content).some((field) => Object.hasOwn(MEDIA_FIELDS, field)) ? 'media' : 'text';
}

/** Steps of polls and events, which a stanza names in its `<meta>`. */
const ANNOUNCED: [keyof proto.IMessage, Record<string, string>, string][] = [
  ['pollCreationMessage', { polltype: 'creation' }, 'poll'],
  ['pollCreationMessageV2', { polltype: 'creation' }, 'poll'],
  ['pollCreationMessageV3', { polltype: 'creation' }, 'poll'],
  ['pollUpdateMessage', { polltype: 'vote' }, 'poll'],
  ['eventMessage', { event_type: 'creation' }, 'event'],
  ['encEventResponseMessage', { event_type: 'response' }, 'event'],
];

/** Children of the stanza beside the ciphertexts. */
export function announcement(message: proto.IMessage): Stanza[] {
  const content = unwrapped(message);
  const [, attrs] = ANNOUNCED.find(([field]) => content[field]) ?? [];
  return attrs ? [stanza('meta', attrs)] : [];
}
