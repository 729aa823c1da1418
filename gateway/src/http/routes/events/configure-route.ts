import type { z } from 'zod';
import type { InstanceRow } from '../../../storage/schema.ts';
import { type Route, type RouteExample, route } from '../../route.ts';
import type { EventRouteDeps } from './deps.ts';

export interface ConfigureRouteDefinition<B extends z.ZodType> {
  /** Behind `/api/events/`, and the key of the configuration in the answer. */
  channel: 'webhook' | 'websocket';
  summary: string;
  examples: readonly RouteExample[];
  body: B;
  /** The answer's `message`. */
  message: string;
  /** Stores the configuration; resolves with it as it is shown. */
  configure(instanceId: string, body: z.output<B>): Promise<object>;
}

/** A route that writes the configuration of a channel. The next event follows the new configuration. */
export function configureRoute<B extends z.ZodType>(
  { channel, message, configure, ...definition }: ConfigureRouteDefinition<B>,
  { channels }: Pick<EventRouteDeps, 'channels'>,
): Route {
  return route({
    ...definition,
    method: 'POST',
    path: `/api/events/${channel}/:instance`,
    access: { to: 'instance' },
    rate: 'global',
    failed: 'Failed to get instance',
    bodyErrors: 'short',
    async handle({ instance, body: validated }: { instance: InstanceRow; body: unknown }) {
      const configuration = await configure(instance.id, validated as z.output<B>);
      channels.changed(instance.id);
      return { body: { success: true, message, [channel]: configuration } };
    },
  } as never);
}
