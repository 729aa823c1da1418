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

/** `status` and `status_code` of `GET /api/chat/status`; other words than those of the `message.status` event. */
const STATUS_CODES = {
  pending: 0,
  sent: 1,
  delivered: 2,
  received: 3,
  read: 4,
  played: 5,
  error: -1,
} as const;

export type StatusWord = keyof typeof STATUS_CODES;

/** How the status of a stored message is shown. */
export function statusWord({ status, from_me }: { status: string | null; from_me: number }): StatusWord {
  if (status === 'failed') return 'error';
  if (status !== null && Object.hasOwn(STATUS_CODES, status)) return status as StatusWord;
  return from_me === 1 ? 'sent' : 'received';
}

export function statusCode(word: StatusWord): number {
  return STATUS_CODES[word];
}
