import type { Clock } from '../../clock.ts';
import type { Outbox } from '../../events/outbox.ts';
import type { Queries } from '../../storage/database.ts';
import type { Session } from '../../whatsapp/session.ts';
import type { ChatTargets } from './chat-target.ts';

/** What every operation on chats works with. */
export interface ChatDeps {
  db: Queries;
  outbox: Outbox;
  clock: Clock;
  targets: ChatTargets;
  /** The open session of an instance; throws `instance_not_connected`. */
  sessions: { session(instanceId: string): Session };
}
