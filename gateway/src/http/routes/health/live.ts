import { type Route, route } from '../../route.ts';

export function live(): Route {
  return route({
    method: 'GET',
    path: '/live',
    summary: 'Say that the process serves requests',
    examples: [{ answer: { status: 'ok' } }],
    access: { to: 'open' },
    handle: async () => ({ body: { status: 'ok' } }),
  });
}
