import type { WAMessage } from 'baileys';
import type { Clock } from '../../../clock.ts';
import type { Logger } from '../../../telemetry/log.ts';
import { type HistoryAnnouncement, historyAnnouncement } from '../../history/announcement.ts';
import { type Incoming, readIncoming } from '../../inbound/incoming.ts';
import type { Person } from '../../jid.ts';
import type { MessageContext, SessionListener } from '../../session.ts';

/** Takes messages as Baileys reads them. */
export interface EngineListener {
  message(message: WAMessage, context: MessageContext): Promise<void>;
}

export interface TranslationOptions {
  listener: SessionListener;
  /** The account itself; null before pairing. */
  self(): Person | null;
  clock: Clock;
  log: Logger;
}

const UNPAIRED: Person = { jid: null, lid: null };

/**
 * Translates each message and hands it to the listener. It is translated before the listener opens a transaction:
 * otherwise reading a large message would keep the other writers of the database waiting.
 */
export function translated({ listener, self, clock, log }: TranslationOptions): EngineListener {
  const read = (message: WAMessage): HistoryAnnouncement | Incoming | null => {
    try {
      return historyAnnouncement(message) ?? readIncoming(message, self() ?? UNPAIRED, clock.now());
    } catch (error) {
      // A message that makes no sense must not stop those behind it.
      log.error({ err: error, messageId: message.key?.id }, 'a message could not be translated');
      return null;
    }
  };
  return {
    message(message, context) {
      const taken = read(message);
      return taken && !('origin' in taken)
        ? listener.history(taken, context)
        : listener.message(taken, context);
    },
  };
}
