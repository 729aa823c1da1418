import { z } from 'zod';
import { webhookLabel } from '../../../events/webhooks/webhook-rules.ts';
import { webhookView } from '../../../events/webhooks/webhook-view.ts';
import { failure } from '../../../failure.ts';
import { type Route, route } from '../../route.ts';
import type { EventRouteDeps } from './deps.ts';
import { webhooksRead } from './examples.ts';

const query = z.object({ label: z.string().optional() });

/** One handler, two paths: clients of the live service read under the path that they write to. */
export function getWebhookRoute(deps: EventRouteDeps, path: string): Route {
  const ofInstance = (instanceId: string) =>
    deps.db.selectFrom('webhooks').selectAll().where('instance_id', '=', instanceId);

  async function one(instanceId: string, label: string): Promise<object> {
    const row = await ofInstance(instanceId).where('label', '=', label).executeTakeFirst();
    if (!row) throw failure('webhook_unknown', { label });
    return { success: true, message: 'Webhook configuration retrieved', webhook: webhookView(deps, row) };
  }

  async function all(instanceId: string): Promise<object> {
    const rows = await ofInstance(instanceId).execute();
    const webhooks = rows.map((row) => webhookView(deps, row)).sort((a, b) => byCodePoint(a.label, b.label));
    return { success: true, message: 'Webhook configurations retrieved', webhooks };
  }

  return route({
    method: 'GET',
    path,
    summary: 'Read the webhooks',
    examples: webhooksRead,
    access: { to: 'instance' },
    rate: 'global',
    failed: 'Failed to get webhook configuration',
    query,
    async handle({ instance, query: { label } }) {
      const answer = label === undefined ? all(instance.id) : one(instance.id, webhookLabel(label));
      return { body: await answer };
    },
  });
}

/** UTF-8 bytes sort like code points; a database's collation does not, and differs between databases. */
function byCodePoint(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
