import { z } from 'zod';
import { replay } from '../../../events/webhooks/replay.ts';
import { replayRequest } from '../../../events/webhooks/replay-request.ts';
import { absentWhenNull, eventNames, optionalOneOf } from '../../body/fields.ts';
import { type Route, route } from '../../route.ts';
import type { EventRouteDeps } from './deps.ts';
import { replayed } from './examples.ts';

const text = absentWhenNull(z.string());

const body = z.object({
  label: text,
  id: text,
  from: text,
  to: text,
  scope: optionalOneOf('dead', 'all'),
  events: eventNames,
});

export function replayRoute(deps: EventRouteDeps): Route {
  return route({
    method: 'POST',
    path: '/api/events/replay/:instance',
    summary: 'Send one event or a range again',
    examples: replayed,
    access: { to: 'instance' },
    rate: 'global',
    body,
    bodyErrors: 'short',
    async handle({ instance, body }) {
      const request = replayRequest(body);
      const scheduled = await replay(deps, instance, request);
      return {
        body: { success: true, message: 'Replay scheduled', replay: { label: request.label, scheduled } },
      };
    },
  });
}
