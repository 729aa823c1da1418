import type { Clock } from '../../clock.ts';
import type { Queries } from '../../storage/queries.ts';
import type { WebsocketRow } from '../../storage/schema.ts';
import { lockConfiguration } from '../configuration-lock.ts';
import { eventFilter } from '../event-filter.ts';

/** What a client sends for the WebSocket channel. `mediaBase64` left out keeps its value. */
export interface WebsocketInput {
  enabled: boolean;
  events?: string[] | undefined;
  mediaBase64?: boolean | undefined;
}

/**
 * Creates or updates the one WebSocket configuration, in the transaction that it is given or in one of its own.
 * Throws the contract's failures. After the commit the caller calls `Channels.changed`.
 */
export async function configureWebsocket(
  db: Queries,
  deps: { clock: Clock },
  instanceId: string,
  input: WebsocketInput,
): Promise<WebsocketRow> {
  if (!db.isTransaction) {
    return db.transaction().execute((trx) => configureWebsocket(trx, deps, instanceId, input));
  }
  const now = deps.clock.now();
  const events = input.enabled ? eventFilter(input.events) : [];
  await lockConfiguration(db, instanceId, now);
  const before = await db
    .selectFrom('websockets')
    .select('media_base64')
    .where('instance_id', '=', instanceId)
    .executeTakeFirst();
  const mediaBase64 = input.enabled && (input.mediaBase64 ?? before?.media_base64 === 1);
  const values = {
    enabled: Number(input.enabled),
    events: JSON.stringify(events),
    media_base64: Number(mediaBase64),
    updated_at: now,
  };
  return db
    .insertInto('websockets')
    .values({ instance_id: instanceId, ...values })
    .onConflict((conflict) => conflict.column('instance_id').doUpdateSet(values))
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** The `websocket` block; never configured reads as disabled. */
export function websocketView(row: WebsocketRow | undefined) {
  return {
    enabled: row?.enabled === 1,
    events: JSON.parse(row?.events ?? '[]') as string[],
    mediaBase64: row?.media_base64 === 1,
  };
}
