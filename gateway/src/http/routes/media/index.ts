import type { Route } from '../../route.ts';
import { base64Route, type MediaRouteDeps } from './base64.ts';

/** Files of messages. */
export function mediaRoutes(deps: MediaRouteDeps): Route[] {
  return [base64Route(deps)];
}
