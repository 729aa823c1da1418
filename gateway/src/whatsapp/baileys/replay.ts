import {
  addTransactionCapability,
  type BinaryNode,
  cleanMessage,
  decryptMessageNode,
  MISSING_KEYS_ERROR_TEXT,
  type SignalRepositoryWithLIDStore,
  type WAMessage,
} from 'baileys';
import type { Logger } from '../../telemetry/log.ts';
import type { SessionListener } from '../session.ts';
import { engineLog } from './engine-log.ts';
import type { InboxJournal } from './inbox-journal.ts';
import type { DeviceAuth } from './linked-device.ts';
import { markOwnPost } from './own-post.ts';
import { makeBridgeSignalRepository } from './signal/repository.ts';

export interface ReplayOptions {
  journal: InboxJournal;
  auth: DeviceAuth;
  listener: SessionListener;
  log: Logger;
}

/**
 * Turns what the journal still holds into events, before the next connection opens: WhatsApp may have been told that
 * these messages arrived, so nobody else will bring them. Answers how many there were.
 */
export async function replayJournal({ journal, auth, listener, log }: ReplayOptions): Promise<number> {
  const pending = await journal.pending();
  await journal.dropDecrypted(pending);
  if (pending.length === 0) return 0;
  const { creds } = auth.state;
  const engine = engineLog(log);
  const keys = addTransactionCapability(auth.state.keys, engine, {
    maxCommitRetries: 1,
    delayBetweenTriesMs: 0,
  });
  const repository = makeBridgeSignalRepository({ creds, keys }, engine);
  const me = { id: creds.me?.id ?? '', lid: creds.me?.lid ?? '' };
  try {
    for (const entry of pending) {
      const message = await read(entry.node, me, repository, log);
      // A message that only looks unreadable stays in the journal.
      const failure = auth.failure();
      if (failure) throw failure;
      if (message) {
        const alongside = (trx: Parameters<InboxJournal['settle']>[0]) => journal.settleReplayed(trx, entry);
        await listener.message(message, { offline: true, alongside });
      } else {
        await journal.forget(entry);
      }
    }
  } finally {
    repository.close?.();
  }
  log.info({ messages: pending.length }, 'replayed the inbox journal');
  return pending.length;
}

/** The message of a stanza, also one that stays unreadable; null when it was read and stored before, or is no message. */
async function read(
  node: BinaryNode,
  me: { id: string; lid: string },
  repository: SignalRepositoryWithLIDStore,
  log: Logger,
): Promise<WAMessage | null> {
  try {
    const { fullMessage, decrypt } = decryptMessageNode(node, me.id, me.lid, repository, engineLog(log));
    await decrypt();
    if (fullMessage.messageStubParameters?.[0] === MISSING_KEYS_ERROR_TEXT) return null;
    cleanMessage(fullMessage, me.id, me.lid);
    markOwnPost(fullMessage, node);
    return fullMessage;
  } catch (error) {
    log.warn({ err: error, messageId: node.attrs.id }, 'a stanza of the journal is not a message');
    return null;
  }
}
