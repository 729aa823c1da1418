import type { Route } from '../../route.ts';
import type { GroupRouteDeps } from '../group/deps.ts';
import { createCommunityRoute } from './create.ts';
import { communityLinkRoute } from './link.ts';
import { listSubgroupsRoute } from './list-subgroups.ts';
import { communityUnlinkRoute } from './unlink.ts';

/** `/api/community/*` */
export function communityRoutes(deps: GroupRouteDeps): Route[] {
  return [createCommunityRoute, communityLinkRoute, communityUnlinkRoute, listSubgroupsRoute].map((make) =>
    make(deps),
  );
}
