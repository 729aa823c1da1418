import { configureWebsocket, type WebsocketInput } from '../events/sockets/websocket-config.ts';
import { configureWebhook, type WebhookConfigDeps } from '../events/webhooks/webhook-config.ts';
import type { WebhookInput } from '../events/webhooks/webhook-rules.ts';
import { Failure, failure } from '../failure.ts';
import type { Queries } from '../storage/queries.ts';
import type { InstanceRow } from '../storage/schema.ts';
import type { Logger } from '../telemetry/log.ts';
import type { AccessWatcher } from '../tenancy/access-watcher.ts';
import type { InstanceRecords, NewInstance } from './records.ts';

export interface CreateInstanceDeps extends WebhookConfigDeps {
  db: Queries;
  log: Logger;
  records: Pick<InstanceRecords, 'create'>;
  watcher: Pick<AccessWatcher, 'instanceChanged'>;
}

export interface InstanceToCreate {
  record: NewInstance;
  webhook: WebhookInput | null;
  websocket: WebsocketInput | null;
}

type Channel = 'webhook' | 'websocket';

export interface CreatedInstance {
  row: InstanceRow;
  /** Why a channel was not configured: the instance exists all the same, and the channel can be configured later. */
  errors: Partial<Record<Channel, Failure>>;
}

/** Creates an instance of an account, with its webhook and WebSocket where they are given. */
export async function createInstance(
  accountId: string,
  { record, webhook, websocket }: InstanceToCreate,
  deps: CreateInstanceDeps,
): Promise<CreatedInstance> {
  const { db, log, records, watcher } = deps;
  const row = await records.create(accountId, record);
  const errors: CreatedInstance['errors'] = {};
  const configure = async (channel: Channel, work: () => Promise<unknown>) => {
    try {
      await work();
    } catch (error) {
      log.warn({ instanceId: row.id, channel, err: error }, 'a channel of a new instance was not configured');
      errors[channel] = error instanceof Failure ? error : failure('internal', undefined, error);
    }
  };
  if (webhook) await configure('webhook', () => configureWebhook(db, deps, row.id, webhook));
  if (websocket) await configure('websocket', () => configureWebsocket(db, deps, row.id, websocket));
  watcher.instanceChanged(row.id);
  return { row, errors };
}
