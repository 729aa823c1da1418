import { normalJid } from '../jid.ts';
import type { proto } from '../proto.ts';
import type { Kind } from './content.ts';

/**
 * "Deleted for everyone". The key is written from the revoker's side: `fromMe` says that the message was the
 * revoker's own; a group admin who takes down another's message names its author in `participant`.
 */
export function revocation({ key }: proto.Message.IProtocolMessage): Kind | null {
  if (!key?.id) return null;
  const author = key.fromMe ? 'sender' : normalJid(key.participant);
  return { type: 'message_revoke', content: '', revoke: { original_id: key.id, author } };
}
