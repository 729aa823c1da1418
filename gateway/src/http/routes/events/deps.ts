import type { Channels } from '../../../events/channels.ts';
import type { ReplayDeps } from '../../../events/webhooks/replay.ts';
import type { WebhookConfigDeps } from '../../../events/webhooks/webhook-config.ts';
import type { WebhookViewDeps } from '../../../events/webhooks/webhook-view.ts';
import type { Queries } from '../../../storage/queries.ts';

export interface EventRouteDeps extends WebhookConfigDeps, WebhookViewDeps, ReplayDeps {
  db: Queries;
  /** Notified of every change, so that the next event follows it. */
  channels: Pick<Channels, 'changed'>;
  /** How long the event log is kept; 0 = there is none. */
  eventLogDays: number;
}
