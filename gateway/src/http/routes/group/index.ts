import type { Route } from '../../route.ts';
import { createRoute } from './create.ts';
import type { GroupRouteDeps } from './deps.ts';
import { infoRoute } from './info.ts';
import { joinRoute } from './join.ts';
import { leaveRoute } from './leave.ts';
import { listRoute } from './list.ts';
import { participantsRoute } from './participants.ts';
import { requestsRoute } from './requests.ts';
import { resetLinkRoute } from './reset-link.ts';
import { updateRoute } from './update.ts';

const catalog = [
  createRoute,
  listRoute,
  infoRoute,
  updateRoute,
  participantsRoute,
  joinRoute,
  resetLinkRoute,
  requestsRoute,
  leaveRoute,
];

/** `/api/group/*` */
export function groupRoutes(deps: GroupRouteDeps): Route[] {
  return catalog.map((make) => make(deps));
}
