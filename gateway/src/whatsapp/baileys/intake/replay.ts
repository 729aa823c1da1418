import { addTransactionCapability } from 'baileys';
import { delay } from '../../../async/delay.ts';
import type { Clock } from '../../../clock.ts';
import { isOutage } from '../../../storage/outage.ts';
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
  /** True: the replay ends after the message at hand, and the rest stays in the journal. */
  over(): boolean;
  /** Whether the database takes writes. */
  healthy(): Promise<boolean>;
}

/** A message that the healthy database refuses this often stays in the journal, and the next one is handled. */
const MOST_FAILURES = 3;
const AGAIN_MS = 500;

/**
 * Turns what the journal still holds into events, before the next connection opens: WhatsApp may have a receipt for
 * these messages, so it will not deliver them again. Resolves with how many there were. Throws when keys or storage fail.
 */
export async function replayJournal(options: ReplayOptions): Promise<number> {
  const { journal, auth, clock, log, over } = options;
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
  let setAside = 0;
  try {
    for (const entry of pending) {
      if (over()) break;
      const message = await readStanza(entry.node, { me, repository, log });
      // A message that only looks unreadable stays in the journal.
      const failure = auth.failure();
      if (failure) throw failure;
      if (message) {
        const alongside = (trx: Parameters<InboxJournal['settle']>[0]) => journal.settleReplayed(trx, entry);
        const context = { offline: true, alongside };
        if (!(await stored(() => listener.message(message, context), options))) setAside++;
      } else {
        await journal.forget(entry);
      }
    }
  } finally {
    repository.close?.();
  }
  log.info({ messages: pending.length, setAside }, 'replayed the inbox journal');
  return pending.length;
}

/** False: the message stays in the journal. A database in trouble is no reason for that, and ends the replay. */
async function stored(
  store: () => Promise<void>,
  { clock, log, healthy }: Pick<ReplayOptions, 'clock' | 'log' | 'healthy'>,
): Promise<boolean> {
  for (let failures = 1; ; failures++) {
    try {
      await store();
      return true;
    } catch (error) {
      if (isOutage(error) || !(await healthy())) throw error;
      if (failures === MOST_FAILURES) {
        log.error({ err: error }, 'a message could not be stored and stays in the inbox journal');
        return false;
      }
      await delay(clock, AGAIN_MS);
    }
  }
}
