import type { NotReady, Readiness } from '../../readiness.ts';
import { type Route, route } from '../../route.ts';

export interface ReadyDeps {
  readiness: Readiness;
  database: () => Promise<string | null>;
}

export function ready({ readiness, database }: ReadyDeps): Route {
  return route({
    method: 'GET',
    path: '/ready',
    summary: 'Say whether the gateway takes traffic',
    examples: [{ answer: { status: 'ready' } }],
    access: { to: 'open' },
    async handle() {
      const reason: NotReady | null = readiness.reason() ?? ((await database()) === null ? null : 'database');
      return reason === null
        ? { body: { status: 'ready' } }
        : { status: 503, body: { status: 'not ready', reason } };
    },
  });
}
