import type { proto, WASocket } from 'baileys';

type Manager = WASocket['messageRetryManager'];

/**
 * Baileys keeps the last 512 messages of every connection in memory for five minutes, with a timer each, those that came
 * in included, to send one again that could not be read. Ours are asked of the database; only what has no row there is
 * left to it: pins, and what is said to the own phone.
 */
export function keepFewMessages(manager: Manager): void {
  if (!manager) return;
  const keep = manager.addRecentMessage.bind(manager);
  manager.addRecentMessage = (to, id, message) => {
    if (hasNoRow(message)) keep(to, id, message);
  };
}

function hasNoRow({ pinInChatMessage, protocolMessage }: proto.IMessage): boolean {
  return Boolean(pinInChatMessage || protocolMessage);
}
