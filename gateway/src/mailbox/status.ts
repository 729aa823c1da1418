/** Where an outgoing message stands. */
export const MESSAGE_STATUSES = ['pending', 'sent', 'delivered', 'read', 'played'] as const;
export type MessageStatus = (typeof MESSAGE_STATUSES)[number] | 'failed';

/** The states from which a message may go to this one; it never goes back, and a refused one stays refused. */
export function statesBefore(status: MessageStatus): MessageStatus[] {
  if (status === 'failed') return ['pending'];
  return MESSAGE_STATUSES.slice(0, MESSAGE_STATUSES.indexOf(status));
}

/** Where an incoming message stands. */
export type IncomingStatus = 'received' | 'read';
