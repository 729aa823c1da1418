import type { z } from 'zod';
import type { InstanceRow } from '../../../storage/schema.ts';
import { type BodyErrors, type Method, type Route, type RouteExample, route } from '../../route.ts';

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
  /** Makes the change; resolves with the answer without `success`. */
  change(instance: InstanceRow, body: z.output<B>): Promise<object>;
}

/** A route that changes something in a chat. */
export function changeRoute<B extends z.ZodType>(definition: ChangeRouteDefinition<B>): Route {
  const { method = 'POST', name, change, bodyErrors = 'detailed', ...rest } = definition;
  return route({
    ...rest,
    method,
    path: `/api/chat/${name}/:instance`,
    access: { to: 'instance' },
    rate: 'global',
    bodyErrors,
    async handle({ instance, body: validated }: { instance: InstanceRow; body: unknown }) {
      const body = validated as z.output<B>;
      return { body: { success: true, ...(await change(instance, body)) } };
    },
  } as never);
}
