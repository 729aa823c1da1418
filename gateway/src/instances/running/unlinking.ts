import { deadline } from '../../async/deadline.ts';
import type { Clock } from '../../clock.ts';
import type { Logger } from '../../telemetry/log.ts';
import type { LinkConnection } from '../../whatsapp/link.ts';
import type { ConnectionSlot } from './connection-slot.ts';
import type { Generation } from './generation.ts';

/** How long WhatsApp may take, first for the connection and then for the unlinking. */
const UNLINK_DEADLINE_MS = 15_000;

interface Tools {
  clock: Clock;
  log: Logger;
}

/** Waits until the session is open, so that it can be unlinked; what goes wrong is logged. */
export async function openToUnlink(generation: Generation, { clock, log }: Tools): Promise<void> {
  try {
    await deadline(clock, UNLINK_DEADLINE_MS, generation.open);
  } catch (error) {
    log.info({ err: error }, 'could not connect to unlink the device');
  }
}

/**
 * Unlinks the device of a released connection (null: there is none) and runs `forget` once nothing of the instance is
 * open or under way. The next connection waits for all of it. Throws what `forget` throws.
 */
export function unlinkAndForget(
  slot: ConnectionSlot,
  connection: LinkConnection | null,
  forget: () => Promise<void>,
  { clock, log }: Tools,
): Promise<void> {
  const earlier = slot.settled();
  const unlink = async () => {
    if (connection) {
      try {
        await deadline(clock, UNLINK_DEADLINE_MS, connection.logout());
      } catch (error) {
        log.info({ err: error }, 'could not unlink the device');
      }
      await slot.closed(connection);
    }
    await earlier;
    await forget();
  };
  const unlinked = unlink();
  slot.add(unlinked);
  return unlinked;
}
