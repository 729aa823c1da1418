import { randomBytes } from 'node:crypto';
import type { proto } from 'baileys';
import { acceptMessage } from '../server/messages.ts';
import type { Stanza } from '../wire/stanza.ts';
import { unwrapped } from './content.ts';
import { MEDIA_FIELDS } from './media.ts';
import type { Phone } from './phone.ts';

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
export function submit(phone: Phone, node: Stanza): void {
  const ack = acceptMessage(phone.ctx, phone.device, node);
  if (ack?.attrs.error) throw new RefusedError(ack.attrs.error);
}

export function stanzaType(message: proto.IMessage): string {
  if (message.reactionMessage) return 'reaction';
  return Object.keys(unwrapped(message)).some((field) => Object.hasOwn(MEDIA_FIELDS, field))
    ? 'media'
    : 'text';
}
