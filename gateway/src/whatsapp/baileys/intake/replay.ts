import { addTransactionCapability } from 'baileys';
import type { Clock } from '../../../clock.ts';
import type { Logger } from '../../../telemetry/log.ts';
import type { SessionListener } from '../../session.ts';
import { engineLog } from '../engine-log.ts';
import type { DeviceAuth } from '../keys/linked-device.ts';
import { selfOf } from '../self.ts';
import { makeBridgeSignalRepository } from '../signal/repository.ts';
import type { InboxJournal } from './inbox-journal.ts';
import { readStanza } from './read-stanza.ts';
import { translated } from './translated.ts';

export interface ReplayOptions {
  journal: InboxJournal;
  auth: DeviceAuth;
  listener: SessionListener;
  clock: Clock;
  log: Logger;
}

/**
 * Reports what the journal still holds, before the next connection opens: WhatsApp may have a receipt for these
 * messages, so it will not deliver them again. Resolves with how many there were.
 */
export async function replayJournal(options: ReplayOptions): Promise<number> {
  const { journal, auth, clock, log } = options;
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
  const listener = translated({
    listener: options.listener,
    self: () => selfOf(creds),
    clock,
    log,
  });
  const me = { id: creds.me?.id ?? '', lid: creds.me?.lid ?? '' };
  try {
    for (const entry of pending) {
      const message = await readStanza(entry.node, { me, repository, log });
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
