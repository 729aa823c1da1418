import { type Clock, timestamp } from '../../clock.ts';
import type { WebhookRow } from '../../storage/schema.ts';
import { type Seal, SealBroken } from '../../storage/seal.ts';
import type { Logger } from '../../telemetry/log.ts';
import { DEFAULT_LABEL } from './webhook-rules.ts';

export interface WebhookViewDeps {
  seal: Seal;
  clock: Clock;
  log: Logger;
}

/** The seven documented keys: the `webhook` block of an instance. Without a row, those of a disabled webhook. */
export function webhookBlock(deps: WebhookViewDeps, row: WebhookRow | undefined) {
  return {
    label: row?.label ?? DEFAULT_LABEL,
    enabled: row?.enabled === 1,
    url: row?.url ?? '',
    authorization: row?.authorization_sealed
      ? opened(deps, row, 'authorization', row.authorization_sealed)
      : null,
    byEvents: row?.by_events === 1,
    events: JSON.parse(row?.events ?? '[]') as string[],
    mediaBase64: row?.media_base64 === 1,
  };
}

/** A webhook as the events module shows it. */
export function webhookView(deps: WebhookViewDeps, row: WebhookRow) {
  const expiry = row.previous_secret_expires_at;
  return {
    ...webhookBlock(deps, row),
    includeToken: row.include_token === 1,
    secret: opened(deps, row, 'secret', row.secret_sealed),
    previousSecretExpiresAt: expiry !== null && deps.clock.now() < expiry ? timestamp(expiry) : null,
    disabledReason: row.disabled_reason,
  };
}

/** In clear; what was sealed with a lost key is shown as it is stored, so that reading the rest still works. */
function opened(
  { seal, log }: WebhookViewDeps,
  row: WebhookRow,
  column: 'authorization' | 'secret',
  sealed: Uint8Array,
): string {
  try {
    return seal.open(sealed, `webhook:${row.id}:${column}`).toString();
  } catch (error) {
    if (!(error instanceof SealBroken)) throw error;
    log.warn({ webhookId: row.id, column, err: error }, 'cannot open a sealed value of a webhook');
    return Buffer.from(sealed).toString('base64');
  }
}
