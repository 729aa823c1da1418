import { systemClock } from '../clock.ts';
import type { Queries } from '../storage/queries.ts';
import type { Seal } from '../storage/seal.ts';
import { createLinkedDevices } from '../whatsapp/baileys/keys/linked-device.ts';

/** Gives an instance the saved device of a pairing that no phone has seen. */
export async function saveDevice(db: Queries, seal: Seal, instanceId: string): Promise<void> {
  const devices = createLinkedDevices({ db, seal, clock: systemClock });
  const device = devices.fresh();
  await db.transaction().execute((trx) => devices.adopt(trx, instanceId, device));
}
