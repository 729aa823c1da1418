import type { Queries } from '../../storage/queries.ts';

export const DELIVERY_STATUSES = ['pending', 'delivered', 'dead'] as const;

/**
 * Ends everything that a webhook still has to get. Clearing the claims makes an attempt that runs at this moment
 * lose its say over the row.
 */
export async function deadLetterPending(db: Queries, webhookId: string, now: number): Promise<void> {
  await db
    .updateTable('deliveries')
    .set({
      status: 'dead',
      error: 'webhook_disabled',
      next_attempt_at: null,
      claim_id: null,
      claimed_until: null,
      ended_at: now,
    })
    .where('webhook_id', '=', webhookId)
    .where('status', '=', 'pending')
    .execute();
}
