import { z } from 'zod';
import { readEventLog } from '../../../events/event-log.ts';
import { eventKinds } from '../../../events/webhooks/replay-request.ts';
import { failure } from '../../../failure.ts';
import { queryLimit } from '../../body/fields.ts';
import { type Route, route } from '../../route.ts';
import type { EventRouteDeps } from './deps.ts';
import { logRead } from './examples.ts';

const query = z.object({
  cursor: z.string().optional(),
  limit: queryLimit(500, 100),
  events: z.string().optional(),
});

export function readLogRoute({ db, eventLogDays, baseUrl }: EventRouteDeps): Route {
  return route({
    method: 'GET',
    path: '/api/events/log/:instance',
    summary: 'Read the event log',
    examples: logRead,
    access: { to: 'instance' },
    rate: 'global',
    query,
    async handle({ instance, query: { cursor, limit, events } }) {
      const kinds = eventKinds(events ? events.split(',').map((name) => name.trim()) : []);
      if (eventLogDays === 0) throw failure('event_log_disabled');
      const page = await readEventLog(db, instance, baseUrl(), { cursor, limit, kinds });
      return { body: { success: true, message: 'Events retrieved', ...page } };
    },
  });
}
