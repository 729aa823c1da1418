import { type BinaryNode, isJidNewsletter, type WAMessage } from 'baileys';

/** Baileys takes every post of a channel for another's; WhatsApp marks those that a device of the account made. */
export function markOwnPost(message: WAMessage, { attrs }: BinaryNode): void {
  if (attrs.is_sender === 'true' && isJidNewsletter(message.key.remoteJid ?? '')) message.key.fromMe = true;
}
