import { normalJid } from '../jid.ts';
import type { proto } from '../proto.ts';
import type { Kind } from './content.ts';

/** The key is in the account's perspective: the engine has converted it. */
export function reaction({ key, text }: proto.Message.IReactionMessage): Kind {
  const emoji = text ?? '';
  const id = key?.id ?? '';
  return {
    type: 'reaction',
    content: emoji,
    reaction: {
      text: emoji,
      emoji,
      message_id: id,
      messageId: id,
      fromMe: key?.fromMe === true,
      participant: normalJid(key?.participant),
      removed: emoji === '',
    },
  };
}

/** A reaction in the announcement group of a community, where members are not to see who reacts. */
export function encReaction({
  targetMessageKey,
  encPayload,
  encIv,
}: proto.Message.IEncReactionMessage): Kind {
  return {
    type: 'unknown',
    content: '',
    sealed: { use: 'Enc Reaction', target: targetMessageKey?.id ?? '', payload: encPayload, iv: encIv },
  };
}
