import type { proto } from 'baileys';
import { sameBytes } from '../../wire/keys.ts';
import type { Transport } from '../../wire/noise.ts';
import { stanza } from '../../wire/stanza.ts';
import { seconds } from '../../wire/time.ts';
import { setAvailable } from '../accounts/presence.ts';
import { successProps } from '../accounts/props.ts';
import type { ServerContext } from '../context.ts';
import { type Device, deviceJid } from '../model/account.ts';
import { failure, replaced } from '../stream-errors.ts';
import type { Connection } from './connection.ts';
import { dispatch } from './dispatch.ts';
import { OfflineDelivery } from './offline-delivery.ts';

/** WhatsApp's answer to a device that is not linked (any more). */
const LOGGED_OUT = 401;

/** WhatsApp's answer to a client that it does not serve any more. */
export const OUTDATED = 405;

/** Whether a `client-outdated` fault refuses this build of the client. */
export function isOutdated(ctx: ServerContext, { userAgent }: proto.IClientPayload): boolean {
  return (userAgent?.appVersion?.tertiary ?? 0) < ctx.faults.oldestBuild;
}

/** Admits a linked companion that holds its Noise key, and refuses everyone else with `failure`. */
export function logIn(
  ctx: ServerContext,
  connection: Connection,
  transport: Transport,
  noiseKey: Uint8Array,
  payload: proto.ClientPayload,
): void {
  const device = ctx.directory.get(String(payload.username ?? ''))?.devices.get(payload.device ?? 0);
  if (!device?.link || !sameBytes(device.link.noiseKey, noiseKey)) {
    connection.establish(transport, () => undefined);
    connection.end(failure(LOGGED_OUT));
    return;
  }
  if (isOutdated(ctx, payload)) {
    connection.establish(transport, () => undefined);
    connection.end(failure(OUTDATED));
    return;
  }
  const refused = ctx.faults.strike('reject-login', device);
  if (refused) {
    connection.establish(transport, () => undefined);
    connection.end(failure(refused.value));
    return;
  }
  device.endpoint?.end(replaced());
  device.endpoint = connection;
  device.live = false;
  connection.attach(device);
  const session = { device, connection, offline: new OfflineDelivery(ctx, connection, device) };
  connection.establish(transport, (node) => dispatch(ctx, session, node));
  connection.onClose(() => detach(ctx, connection, device));
  connection.send(
    stanza('success', {
      t: String(ctx.seconds()),
      lid: deviceJid(device, 'lid'),
      display_name: device.account.name,
      creation: seconds(device.link.linkedAt),
      ...successProps(device.account),
    }),
  );
  ctx.events.emit('companion-online', device);
  // A passive client says when it is ready for what waits for it.
  if (!payload.passive) session.offline.begin();
}

function detach(ctx: ServerContext, connection: Connection, device: Device): void {
  if (device.endpoint !== connection) return;
  device.endpoint = undefined;
  device.live = false;
  setAvailable(ctx, device, false);
}
