import { z } from 'zod';
import { DELIVERY_STATUSES } from '../../../events/webhooks/deliveries.ts';
import { listDeliveries } from '../../../events/webhooks/delivery-list.ts';
import { eventKinds } from '../../../events/webhooks/replay-request.ts';
import { optionalOneOf, queryLimit } from '../../body/fields.ts';
import { type Route, route } from '../../route.ts';
import type { EventRouteDeps } from './deps.ts';
import { deliveriesListed } from './examples.ts';

const query = z.object({
  status: optionalOneOf(...DELIVERY_STATUSES),
  label: z.string().optional(),
  event: z.string().optional(),
  limit: queryLimit(200, 50),
  cursor: z.string().optional(),
});

export function listDeliveriesRoute({ db }: Pick<EventRouteDeps, 'db'>): Route {
  return route({
    method: 'GET',
    path: '/api/events/deliveries/:instance',
    summary: 'List webhook deliveries',
    examples: deliveriesListed,
    access: { to: 'instance' },
    rate: 'global',
    query,
    async handle({ instance, query: { event, ...filter } }) {
      const [kind] = eventKinds(event ? [event] : []);
      const page = await listDeliveries(db, instance.id, { ...filter, event: kind });
      return { body: { success: true, message: 'Deliveries retrieved', ...page } };
    },
  });
}
