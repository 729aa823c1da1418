import type { ServerContext } from '../server/context.ts';
import { deviceJid } from '../server/model/account.ts';
import type { Route } from './http.ts';

/** Counters, and what waits for each device that has not taken everything yet. */
export function statsRoutes(ctx: ServerContext): Route[] {
  return [{ method: 'GET', path: '/control/stats', handle: () => collect(ctx) }];
}

function collect(ctx: ServerContext) {
  const { connections, messages, appState, acks, receipts, retries, unknownQueries } = ctx.stats;
  const undelivered: Record<string, number> = {};
  let dropped = 0;
  for (const account of ctx.directory.accounts()) {
    for (const device of account.devices.values()) {
      dropped += device.queue.dropped;
      if (device.id !== 0 && device.queue.size > 0) undelivered[deviceJid(device, 'pn')] = device.queue.size;
    }
  }
  return { connections, messages, appState, acks, receipts, retries, unknownQueries, undelivered, dropped };
}
