import type { Route } from '../../route.ts';
import type { GroupRouteDeps } from '../group/deps.ts';
import { linkRoute } from './link-route.ts';

/** POST /api/community/unlink/:instance */
export function communityUnlinkRoute(deps: GroupRouteDeps): Route {
  return linkRoute(
    {
      action: 'unlink',
      summary: 'Take groups out of a community',
      message: (done, all) => `Unlinked ${done} of ${all} groups from community`,
      examples: [
        {
          body: {
            communityJid: '120363406289005001@g.us',
            groupJid: ['120363406289005074@g.us', '120363406289005076@g.us'],
          },
          answer: {
            success: true,
            message: 'Unlinked 2 of 2 groups from community',
            linked: ['120363406289005074@g.us', '120363406289005076@g.us'],
            failed: [],
            errors: [],
          },
        },
      ],
    },
    deps,
  );
}
