import type { Route } from '../../route.ts';
import type { MessageRouteDeps } from './deps.ts';
import { textRoute } from './text.ts';

/** `/api/message/*` */
export function messageRoutes(deps: MessageRouteDeps): Route[] {
  return [textRoute(deps)];
}
