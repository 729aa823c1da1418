import { notifyCount } from '../server/accounts/prekeys.ts';
import type { ServerContext } from '../server/context.ts';
import { lockNewChats } from '../server/messages/new-chat-lock.ts';
import type { Device } from '../server/model/account.ts';
import type { LastingKind } from '../server/model/faults.ts';
import { replaced, streamEnd, streamError } from '../server/stream-errors.ts';
import { integer, optionalInteger, optionalText, phoneNumber, text } from './fields.ts';
import { ControlError, type Route } from './http.ts';

type Body = Record<string, unknown>;

/** Faults that strike the companions that are connected now, once. */
const AT_ONCE: Record<string, (ctx: ServerContext, device: Device, body: Body) => void> = {
  disconnect: (_ctx, device) => device.endpoint?.cut(),
  'stream-error': (_ctx, device, body) => {
    const code = integer(body, 'code', 400, 599);
    device.endpoint?.end(code === 440 ? replaced() : streamError(code));
  },
  'end-unacked-status': (_ctx, device) => {
    if (device.queue.all().some(({ tag }) => tag === 'status')) device.endpoint?.end(streamEnd());
  },
  deaf: (_ctx, device) => device.endpoint?.deafen(true),
  'pre-keys-low': (ctx, device, body) => {
    const left = optionalInteger(body, 'left', 0, 1000) ?? 0;
    while (device.shelf.count > left) device.shelf.take();
    notifyCount(ctx, device);
  },
  'new-chat-lock': (ctx, { account }, body) =>
    lockNewChats(ctx, account, integer(body, 'seconds', 0, 1_000_000)),
};

/** Faults that last; each reads the number that belongs to it. */
const LASTING: Record<LastingKind, (body: Body) => number> = {
  slow: (body) => integer(body, 'ms', 1, 600_000),
  'ack-error': (body) => integer(body, 'code', 1, 999),
  'query-error': (body) => integer(body, 'code', 400, 599),
  'reject-login': (body) => integer(body, 'reason', 400, 599),
  'time-skew': (body) => integer(body, 'seconds', -1_000_000_000, 1_000_000_000),
  'drop-acks': () => 0,
  duplicate: () => 0,
  corrupt: () => 0,
  'corrupt-app-state': () => 0,
};

/** Makes things go wrong, for one device, one phone or everybody. */
export function faultRoutes(ctx: ServerContext): Route[] {
  return [
    {
      method: 'POST',
      path: '/control/faults',
      handle: ({ body }) => {
        const kind = text(body, 'fault', 40);
        const number = optionalText(body, 'phone', 40);
        const phone = number === undefined ? undefined : phoneNumber(number);
        const device = optionalInteger(body, 'device', 0, 255);
        if (Object.hasOwn(AT_ONCE, kind)) return strikeNow(ctx, kind, phone, device, body);
        if (!Object.hasOwn(LASTING, kind)) throw new ControlError(400, `there is no fault ${kind}`);
        const lasting = kind as LastingKind;
        const count = optionalInteger(body, 'count', 1, 1_000_000);
        const query = optionalText(body, 'query', 100);
        ctx.faults.add({
          kind: lasting,
          value: LASTING[lasting](body),
          ...(phone === undefined ? {} : { phone }),
          ...(device === undefined ? {} : { device }),
          ...(count === undefined ? {} : { count }),
          ...(query === undefined ? {} : { query }),
        });
        return { active: ctx.faults.list() };
      },
    },
    {
      method: 'DELETE',
      path: '/control/faults',
      handle: () => {
        ctx.faults.clear();
        for (const each of companions(ctx, undefined, undefined)) each.endpoint?.deafen(false);
        return { active: [] };
      },
    },
  ];
}

function strikeNow(
  ctx: ServerContext,
  kind: string,
  phone: string | undefined,
  device: number | undefined,
  body: Body,
): { struck: number } {
  const struck = companions(ctx, phone, device);
  for (const each of struck) AT_ONCE[kind]?.(ctx, each, body);
  return { struck: struck.length };
}

function companions(ctx: ServerContext, phone: string | undefined, device: number | undefined): Device[] {
  const found: Device[] = [];
  for (const account of ctx.directory.accounts()) {
    if (phone !== undefined && account.number !== phone) continue;
    for (const each of account.devices.values()) {
      if (each.id !== 0 && (device === undefined || each.id === device)) found.push(each);
    }
  }
  return found;
}
