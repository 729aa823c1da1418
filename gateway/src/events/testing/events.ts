import { randomBytes, randomUUID } from 'node:crypto';
import type { Clock } from '../../clock.ts';
import type { Queries } from '../../storage/queries.ts';
import type { InstanceRow, WebhookRow } from '../../storage/schema.ts';
import { createSeal, type Seal } from '../../storage/seal.ts';
import { createLog } from '../../telemetry/log.ts';
import { TestClock } from '../../testing/test-clock.ts';
import { DOCUMENTED_EVENTS } from '../catalog.ts';
import { Channels } from '../channels.ts';
import { MediaUpdates } from '../media-updates.ts';
import type { NewEvent } from '../new-event.ts';
import { createOutbox, type Outbox } from '../outbox.ts';
import { FrameQueue } from '../sockets/frame-queue.ts';
import { newWebhookSecret } from '../webhooks/signature.ts';

export const silentLog = createLog('silent');
export const BASE_URL = 'https://gateway.example';

/** A seal with a key of its own. */
export const testSeal = (): Seal => createSeal(randomBytes(32));

export const INSTANCE_TOKEN = 'rzi_test-token';

export async function addAccount(db: Queries): Promise<string> {
  const id = randomUUID();
  await db
    .insertInto('accounts')
    .values({
      id,
      name: id,
      rate_limit_per_minute: 100,
      allowed_origins: '[]',
      suspended: 0,
      token_hash: id,
      created_at: 0,
      updated_at: 0,
    })
    .execute();
  return id;
}

/** An instance whose token is `INSTANCE_TOKEN`, in an account of its own unless one is given. */
export async function addInstance(
  db: Queries,
  seal: Seal,
  { name = 'sales', accountId }: { name?: string; accountId?: string } = {},
): Promise<InstanceRow> {
  const id = randomUUID();
  return db
    .insertInto('instances')
    .values({
      id,
      account_id: accountId ?? (await addAccount(db)),
      name,
      token_lookup: id,
      token_sealed: seal.seal(INSTANCE_TOKEN, `instance:${id}:token`),
      desired: 'stopped',
      link: 'never',
      profile_name: '',
      is_business: 0,
      business_name: '',
      settings: '{}',
      created_at: 0,
      updated_at: 0,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** An enabled webhook for the six documented events. */
export async function addWebhook(
  db: Queries,
  seal: Seal,
  instanceId: string,
  values: Partial<WebhookRow> = {},
): Promise<WebhookRow> {
  const id = randomUUID();
  return db
    .insertInto('webhooks')
    .values({
      id,
      instance_id: instanceId,
      label: id,
      enabled: 1,
      url: 'http://127.0.0.1:9/',
      by_events: 0,
      events: JSON.stringify(DOCUMENTED_EVENTS),
      media_base64: 0,
      include_token: 1,
      secret_sealed: seal.seal(newWebhookSecret(), `webhook:${id}:secret`),
      created_at: 0,
      updated_at: 0,
      ...values,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** An outbox on `db` with the ends that a test wants to watch. */
export function testOutbox(
  db: Queries,
  seal: Seal,
  ends: { clock?: Clock; hub?: OutboxEnds['hub']; courier?: OutboxEnds['courier'] } = {},
): { outbox: Outbox; channels: Channels; mediaUpdates: MediaUpdates } {
  const clock = ends.clock ?? new TestClock();
  const channels = new Channels({ seal, clock, log: silentLog });
  const baseUrl = () => BASE_URL;
  const courier = ends.courier ?? { wake: () => {} };
  const hub = ends.hub ?? { publish: () => {} };
  const outbox = createOutbox({ db, seal, clock, channels, baseUrl, hub, courier });
  // A hub that is given gets the frames straight from the outbox.
  const frames = new FrameQueue({ clock, hub: { publish: () => {}, count: () => 0 } });
  const mediaUpdates = new MediaUpdates({ outbox, seal, clock, channels, baseUrl, frames, courier });
  return { outbox, channels, mediaUpdates };
}

type OutboxEnds = Parameters<typeof createOutbox>[0];

export function newEvent(values: Partial<NewEvent> = {}): NewEvent {
  return { kind: 'message.exchange', lane: null, dedupeKey: null, data: {}, ...values };
}

/** Appends one event in a transaction of its own. */
export function emitOne(
  outbox: Outbox,
  instanceId: string,
  values: Partial<NewEvent> = {},
): Promise<boolean> {
  return outbox.transaction(instanceId, (_trx, emit) => emit(newEvent(values)));
}
