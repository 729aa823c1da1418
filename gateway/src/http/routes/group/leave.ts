import { leaveGroup } from '../../../instances/groups/leave-group.ts';
import { type Route, route } from '../../route.ts';
import type { GroupRouteDeps } from './deps.ts';
import { DEV_TEAM } from './examples.ts';
import { identifierQuery } from './fields.ts';

/** DELETE /api/group/leave/:instance */
export function leaveRoute(deps: GroupRouteDeps): Route {
  return route({
    method: 'DELETE',
    path: '/api/group/leave/:instance',
    summary: 'Leave a group, or a community with its groups',
    examples: [
      {
        query: { identifier: DEV_TEAM },
        answer: { success: true, message: 'Successfully left the group', groupJid: DEV_TEAM },
      },
    ],
    access: { to: 'instance' },
    rate: 'global',
    query: identifierQuery,
    async handle({ instance, query: { identifier } }) {
      const groupJid = await leaveGroup(instance, identifier, deps);
      return { body: { success: true, message: 'Successfully left the group', groupJid } };
    },
  });
}
