import type { z } from 'zod';
import type { ChatAction } from '../../../instances/chats/chat-actions.ts';
import type { InstanceRow } from '../../../storage/schema.ts';
import { type BodyErrors, type Method, type Route, type RouteExample, route } from '../../route.ts';
import type { ChatRouteDeps } from './deps.ts';

export interface ChangeRouteDefinition<B extends z.ZodType> {
  method?: Method;
  /** Behind `/api/chat/`, without the instance. */
  name: string;
  summary: string;
  examples: readonly RouteExample[];
  body: B;
  /** The same fields in the query, for a DELETE whose body was dropped. */
  bodyFromQuery?: z.ZodType<z.output<B>>;
  /** `detailed` when left out. */
  bodyErrors?: BodyErrors;
  /** What a failure says could not be done: `failed to <operation>: …`. */
  operation(body: z.output<B>): string;
  change(action: ChatAction, body: z.output<B>, deps: ChatRouteDeps): Promise<object>;
}

/** A route that changes something in a chat: fields first, then the connection, then the rest. */
export function changeRoute<B extends z.ZodType>(
  definition: ChangeRouteDefinition<B>,
  deps: ChatRouteDeps,
): Route {
  const { method = 'POST', name, operation, change, bodyErrors = 'detailed', ...rest } = definition;
  return route({
    ...rest,
    method,
    path: `/api/chat/${name}/:instance`,
    access: { to: 'instance' },
    rate: 'global',
    bodyErrors,
    async handle({ instance, body: validated }: { instance: InstanceRow; body: unknown }) {
      const body = validated as z.output<B>;
      const action = deps.actions.begin(instance, operation(body));
      return { body: { success: true, ...(await change(action, body, deps)) } };
    },
  } as never);
}
