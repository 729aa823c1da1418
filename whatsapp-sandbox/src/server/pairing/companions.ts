import { stanza } from '../../wire/stanza.ts';
import type { ServerWith } from '../context.ts';
import { type Account, accountJid, type Device, deviceJid, makeDevice } from '../model/account.ts';
import type { Candidate } from '../model/pairings.ts';
import { deviceRemoved } from '../stream-errors.ts';

/** What linking and unlinking companions needs of the server. */
export type Needs = ServerWith<'clock' | 'delivery' | 'events' | 'groups' | 'seconds'>;

/** WhatsApp links at most this many companions to one phone. */
export const MAX_COMPANIONS = 4;
/** A device id travels in one byte. */
const MAX_DEVICE = 255;

/** The id that the next companion of an account gets; ids are not used again before all were. */
export function nextDeviceId(account: Account): number {
  let id = account.lastDevice;
  do id = id >= MAX_DEVICE ? 1 : id + 1;
  while (account.devices.has(id));
  return id;
}

/** Registers a paired companion and notifies every account that exchanges messages with this one. */
export function addCompanion(
  ctx: Needs,
  account: Account,
  fields: { id: number; keyIndex: number; keyIndexList: Uint8Array; candidate: Candidate },
): Device {
  const { candidate, id, keyIndex } = fields;
  const device = makeDevice(account, {
    id,
    identity: candidate.identity,
    registrationId: candidate.registrationId,
    link: {
      keyIndex,
      noiseKey: candidate.noiseKey,
      platform: candidate.platform,
      fullHistory: candidate.fullHistory,
      linkedAt: ctx.clock(),
    },
  });
  account.lastDevice = id;
  account.keyIndex = keyIndex;
  account.keyIndexList = fields.keyIndexList;
  device.shelf.signed = candidate.signedPreKey;
  account.devices.set(id, device);
  announce(ctx, device, 'add');
  return device;
}

/** Unlinks a companion: its stream ends, it cannot log in again, and no device encrypts for it any more. */
export function removeCompanion(ctx: Needs, device: Device): void {
  const { account } = device;
  if (device.removed || device.id === 0) return;
  device.removed = true;
  device.queue.clear();
  account.devices.delete(device.id);
  device.endpoint?.end(deviceRemoved());
  announce(ctx, device, 'remove');
  ctx.events.emit('companion-removed', device);
}

function announce(ctx: Needs, changed: Device, change: 'add' | 'remove'): void {
  const { account } = changed;
  const listeners = new Set([account, ...account.peers]);
  for (const group of ctx.groups.of(account))
    for (const member of group.participants.keys()) listeners.add(member);
  for (const addressing of ['pn', 'lid'] as const) {
    const attrs = { jid: deviceJid(changed, addressing), 'key-index': String(changed.link?.keyIndex ?? 0) };
    const content = [
      stanza(change, {}, [
        stanza('device', attrs),
        stanza('key-index-list', { ts: String(ctx.seconds()) }, account.keyIndexList),
      ]),
    ];
    const from = accountJid(account, addressing);
    for (const listener of listeners) {
      for (const device of listener.devices.values()) {
        if (device !== changed && device.id !== 0) ctx.delivery.notify(device, 'devices', from, content);
      }
    }
  }
}
