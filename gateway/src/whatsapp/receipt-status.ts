/** Receipt types that are reported, with the word of `message.status`; '' is WhatsApp's "delivered". */
const WORDS: Record<string, string> = {
  '': 'delivered',
  delivery: 'delivered',
  read: 'read',
  played: 'played',
  sender: 'sender',
  'read-self': 'read_self',
  'played-self': 'played_self',
  retry: 'retry',
  inactive: 'inactive',
  'server-error': 'server_error',
};

/** What a receipt means when a device of the account itself made it. */
const OWN_WORDS: Record<string, string> = { delivered: 'sender', read: 'read_self', played: 'played_self' };

const MADE_BY_SELF = new Set(['sender', 'read_self', 'played_self']);

/** The status that a receipt reports; null for receipts between devices (`peer_msg`, `hist_sync`, …). */
export function receiptStatus(type: string, fromSelf: boolean): { status: string; isFromMe: boolean } | null {
  const word = Object.hasOwn(WORDS, type) ? WORDS[type] : undefined;
  if (!word) return null;
  const status = fromSelf ? (OWN_WORDS[word] ?? word) : word;
  return { status, isFromMe: fromSelf || MADE_BY_SELF.has(status) };
}
