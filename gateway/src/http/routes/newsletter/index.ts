import type { Route } from '../../route.ts';
import { createRoute } from './create.ts';
import type { NewsletterRouteDeps } from './deps.ts';
import { infoRoute } from './info.ts';
import { joinRoute } from './join.ts';
import { leaveRoute } from './leave.ts';
import { listRoute } from './list.ts';

/** `/api/newsletter/*` */
export function newsletterRoutes(deps: NewsletterRouteDeps): Route[] {
  return [createRoute, listRoute, infoRoute, joinRoute, leaveRoute].map((make) => make(deps));
}
