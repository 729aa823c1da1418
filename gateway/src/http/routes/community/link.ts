import type { Route } from '../../route.ts';
import type { GroupRouteDeps } from '../group/deps.ts';
import { linkRoute } from './link-route.ts';

/** POST /api/community/link/:instance */
export function communityLinkRoute(deps: GroupRouteDeps): Route {
  return linkRoute(
    {
      action: 'link',
      summary: 'Link groups to a community',
      message: (done, all) => `Linked ${done} of ${all} groups to community`,
      examples: [
        {
          body: {
            communityJid: '120363406289005001@g.us',
            groupJid: ['120363406289005074@g.us', '120363406289005075@g.us'],
          },
          answer: {
            success: true,
            message: 'Linked 1 of 2 groups to community',
            linked: ['120363406289005074@g.us'],
            failed: ['120363406289005075@g.us'],
            errors: [{ jid: '120363406289005075@g.us', error: 'not-authorized', code: 401 }],
          },
        },
      ],
    },
    deps,
  );
}
