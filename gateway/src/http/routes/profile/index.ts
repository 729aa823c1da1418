import type { Route } from '../../route.ts';
import type { ProfileRouteDeps } from './deps.ts';
import { getAccountRoute } from './get-account.ts';
import { getPrivacyRoutes } from './get-privacy.ts';
import { updateAccountRoute } from './update-account.ts';
import { updatePrivacyRoute } from './update-privacy.ts';

/** `/api/profile/*` */
export function profileRoutes(deps: ProfileRouteDeps): Route[] {
  return [
    updateAccountRoute(deps),
    getAccountRoute(deps),
    ...getPrivacyRoutes(deps),
    updatePrivacyRoute(deps),
  ];
}
