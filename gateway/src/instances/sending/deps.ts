import type { Clock } from '../../clock.ts';
import type { Outbox } from '../../events/outbox.ts';
import type { NumberCache } from '../../mailbox/number-cache.ts';
import type { Queries } from '../../storage/queries.ts';
import type { Logger } from '../../telemetry/log.ts';
import type { Session } from '../../whatsapp/session.ts';

/** What every send works with. */
export interface SendDeps {
  db: Queries;
  outbox: Outbox;
  clock: Clock;
  log: Logger;
  numbers: NumberCache;
  random: (bytes: number) => Uint8Array;
  /** The open session of an instance; throws `instance_not_connected`. */
  sessions: { session(instanceId: string): Session };
}
