import {
  type BinaryNode,
  cleanMessage,
  decryptMessageNode,
  MISSING_KEYS_ERROR_TEXT,
  type SignalRepositoryWithLIDStore,
  type WAMessage,
} from 'baileys';
import type { Logger } from '../../../telemetry/log.ts';
import { engineLog } from '../engine-log.ts';
import { channelPost } from './channel-post.ts';

export interface StanzaReader {
  /** JIDs of the own device. */
  me: { id: string; lid: string };
  repository: SignalRepositoryWithLIDStore;
  log: Logger;
}

/**
 * The message of a stanza, read without acknowledging it, also one that stays unreadable; null when it was read and
 * stored before, or is no message. What the engine has decrypted a moment ago is decrypted again: see `decrypted-once`.
 */
export async function readStanza(
  node: BinaryNode,
  { me, repository, log }: StanzaReader,
): Promise<WAMessage | null> {
  try {
    const { fullMessage, decrypt } = decryptMessageNode(node, me.id, me.lid, repository, engineLog(log));
    await decrypt();
    if (fullMessage.messageStubParameters?.[0] === MISSING_KEYS_ERROR_TEXT) return null;
    clean(fullMessage, me);
    return channelPost(fullMessage, node);
  } catch (error) {
    log.warn({ err: error, messageId: node.attrs.id }, 'a stanza is not a message');
    return null;
  }
}

/** Baileys takes for granted that reactions and votes name a message. One that does not stays as it came. */
function clean(message: WAMessage, { id, lid }: StanzaReader['me']): void {
  try {
    cleanMessage(message, id, lid);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
}
