import type { Channels } from '../../../events/channels.ts';
import type { WebhookConfigDeps } from '../../../events/webhook-config.ts';
import type { WebhookViewDeps } from '../../../events/webhook-view.ts';
import { Failure, failure } from '../../../failure.ts';
import type { Queries } from '../../../storage/database.ts';

export interface EventRouteDeps extends WebhookConfigDeps, WebhookViewDeps {
  db: Queries;
  /** Told of every change, so that the next event follows it. */
  channels: Pick<Channels, 'changed'>;
}

/** Answers an unexpected failure with the endpoint's own text; the cause goes to the log. */
export async function orFailWith<T>(text: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw error instanceof Failure ? error : failure('operation_failed', { text }, error);
  }
}
