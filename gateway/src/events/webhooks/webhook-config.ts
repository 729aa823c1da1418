import { randomUUID } from 'node:crypto';
import type { Insertable, Updateable } from 'kysely';
import type { Clock } from '../../clock.ts';
import { failure } from '../../failure.ts';
import type { AddressRange } from '../../net/address-policy.ts';
import type { Queries } from '../../storage/queries.ts';
import type { WebhookTable } from '../../storage/schema/events.ts';
import type { WebhookRow } from '../../storage/schema.ts';
import type { Seal } from '../../storage/seal.ts';
import { lockConfiguration } from '../configuration-lock.ts';
import { deadLetterPending } from './deliveries.ts';
import { newWebhookSecret } from './signature.ts';
import {
  normalisedUrl,
  type WebhookInput,
  type WebhookSettings,
  webhookLabel,
  webhookSettings,
} from './webhook-rules.ts';

export interface WebhookConfigDeps {
  seal: Seal;
  clock: Clock;
  /** The operator's exceptions to the address policy. */
  allowed: readonly AddressRange[];
}

export const MAX_ENABLED_WEBHOOKS = 3;
const MAX_LABELS = 20;
const SECRET_OVERLAP_MS = 24 * 3_600_000;

/**
 * Creates or updates the webhook with this label, in the transaction that it is given or in one of its own.
 * Throws the contract's failures. After the commit the caller calls `Channels.changed`.
 */
export async function configureWebhook(
  db: Queries,
  deps: WebhookConfigDeps,
  instanceId: string,
  input: WebhookInput,
): Promise<WebhookRow> {
  if (!db.isTransaction) {
    return db.transaction().execute((trx) => configureWebhook(trx, deps, instanceId, input));
  }
  const label = webhookLabel(input.label);
  await lockConfiguration(db, instanceId, deps.clock.now());
  const all = await db.selectFrom('webhooks').selectAll().where('instance_id', '=', instanceId).execute();
  const before = all.find((row) => row.label === label);
  const others = all.filter((row) => row !== before);
  const settings = input.enabled ? webhookSettings(input, before, deps.allowed) : null;
  if (settings) refuseCollisions(settings, others);
  if (!before && all.length >= MAX_LABELS) throw failure('webhook_label_limit');

  const row = before ?? newRow(deps, instanceId, label);
  const values = {
    ...(settings ? enabledValues(deps, row.id, settings) : DISABLED_VALUES),
    ...(settings && before && input.rotateSecret ? rotatedSecret(deps, before) : {}),
    disabled_reason: null,
    updated_at: deps.clock.now(),
  };
  const kept = before ? await update(db, row.id, values) : await insert(db, { ...row, ...values });
  // The webhook's row before its deliveries, in which order the courier locks them too.
  if (!settings) await deadLetterPending(db, row.id, deps.clock.now());
  return kept;
}

function update(trx: Queries, id: string, values: Updateable<WebhookTable>): Promise<WebhookRow> {
  return trx
    .updateTable('webhooks')
    .set(values)
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow();
}

function insert(trx: Queries, values: Insertable<WebhookTable>): Promise<WebhookRow> {
  return trx.insertInto('webhooks').values(values).returningAll().executeTakeFirstOrThrow();
}

function refuseCollisions(settings: WebhookSettings, others: WebhookRow[]): void {
  const enabled = others.filter((row) => row.enabled === 1);
  const url = normalisedUrl(settings.url);
  const holder = enabled.find((row) => normalisedUrl(row.url) === url);
  if (holder) throw failure('webhook_url_taken', { label: holder.label });
  if (enabled.length >= MAX_ENABLED_WEBHOOKS) throw failure('webhook_limit');
}

const DISABLED_VALUES = { enabled: 0, url: '', authorization_sealed: null, events: '[]', media_base64: 0 };

function newRow({ seal, clock }: WebhookConfigDeps, instanceId: string, label: string) {
  const id = randomUUID();
  return {
    id,
    instance_id: instanceId,
    label,
    by_events: 0,
    include_token: 1,
    secret_sealed: seal.seal(newWebhookSecret(), `webhook:${id}:secret`),
    created_at: clock.now(),
  } satisfies Partial<Insertable<WebhookTable>>;
}

function enabledValues({ seal }: WebhookConfigDeps, id: string, settings: WebhookSettings) {
  const { url, authorization, byEvents, events, mediaBase64, includeToken } = settings;
  return {
    enabled: 1,
    url,
    ...(authorization === undefined
      ? {}
      : {
          authorization_sealed:
            authorization === null ? null : seal.seal(authorization, `webhook:${id}:authorization`),
        }),
    by_events: Number(byEvents),
    events: JSON.stringify(events),
    media_base64: Number(mediaBase64),
    include_token: Number(includeToken),
  };
}

/** The replaced secret signs along for a day, so that receivers can change theirs without losing a delivery. */
function rotatedSecret({ seal, clock }: WebhookConfigDeps, before: WebhookRow) {
  return {
    secret_sealed: seal.seal(newWebhookSecret(), `webhook:${before.id}:secret`),
    previous_secret_sealed: before.secret_sealed,
    previous_secret_expires_at: clock.now() + SECRET_OVERLAP_MS,
  };
}
