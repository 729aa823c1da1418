import type { Channels } from '../../../events/channels.ts';
import type { WebhookConfigDeps } from '../../../events/webhook-config.ts';
import type { WebhookViewDeps } from '../../../events/webhook-view.ts';
import type { Queries } from '../../../storage/database.ts';

export interface EventRouteDeps extends WebhookConfigDeps, WebhookViewDeps {
  db: Queries;
  /** Told of every change, so that the next event follows it. */
  channels: Pick<Channels, 'changed'>;
}
