import { proto, type WAMessage } from '../proto.ts';

export type UndecryptableReason = 'no_session' | 'bad_mac' | 'missing_keys' | 'unavailable' | 'unknown';

/** What the errors of decryption say, Baileys' own and those of the Signal layer. */
const REASONS: { reason: UndecryptableReason; says: RegExp }[] = [
  { reason: 'unavailable', says: /absent from node/i },
  { reason: 'missing_keys', says: /key used already|never filled|pre-?key|sender ?key|missing key/i },
  { reason: 'bad_mac', says: /bad mac|mac (mismatch|verification)|invalid (mac|signature|message)/i },
  { reason: 'no_session', says: /no (matching )?sessions?|session.*not found/i },
];

/** Why a message has no content that we can read; null when it has, or is no message. */
export function undecryptableReason(message: WAMessage): UndecryptableReason | null {
  // A view-once message is shown on the phone only; linked devices just learn that it came.
  if (message.key.isViewOnce && !message.message) return 'unavailable';
  if (message.messageStubType !== proto.WebMessageInfo.StubType.CIPHERTEXT) return null;
  const said = String(message.messageStubParameters?.[0] ?? '');
  return REASONS.find(({ says }) => says.test(said))?.reason ?? 'unknown';
}
