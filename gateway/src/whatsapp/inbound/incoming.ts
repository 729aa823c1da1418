import type { Person } from '../jid.ts';
import { proto, type WAMessage } from '../proto.ts';
import { type Content, UNDECRYPTABLE } from './content.ts';
import { type Origin, originOf } from './origin.ts';
import { readContent } from './read.ts';
import { type UndecryptableReason, undecryptableReason } from './undecryptable.ts';

/** A message that came in or that another device of the account sent, in our words. */
export interface Incoming {
  origin: Origin;
  content: Content;
  /** `proto.Message`; empty when it could not be decrypted. */
  encoded: Uint8Array;
  /** Set when the content could not be decrypted. */
  undecryptable: UndecryptableReason | null;
  pushName: string | null;
  verifiedName: string | null;
}

/** Translates what the session delivered; null when there is nothing to report. Never throws. */
export function readIncoming(message: WAMessage, self: Person, now: number): Incoming | null {
  // The account's own devices talk to each other in messages that no user is meant to see.
  if (message.category === 'peer') return null;
  const origin = originOf(message, self, now);
  if (!origin) return null;
  const undecryptable = undecryptableReason(message);
  const content = undecryptable ? UNDECRYPTABLE : message.message && readContent(message.message);
  if (!content) return null;
  return {
    origin,
    content,
    encoded: undecryptable || !message.message ? new Uint8Array() : encode(message.message),
    undecryptable,
    pushName: message.pushName || null,
    verifiedName: message.verifiedBizName || null,
  };
}

/** Empty when it nests so deep that decoding just got through it: it is reported and cannot be quoted. */
function encode(message: proto.IMessage): Uint8Array {
  try {
    return proto.Message.encode(message).finish();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return new Uint8Array();
  }
}
