import { type LinkAction, linkGroups } from '../../../instances/groups/link-groups.ts';
import { type Route, type RouteExample, route } from '../../route.ts';
import type { GroupRouteDeps } from '../group/deps.ts';
import { linkBody } from './fields.ts';

interface LinkRouteDefinition {
  action: LinkAction;
  summary: string;
  /** `Linked 1 of 2 groups to community` */
  message(done: number, all: number): string;
  examples: readonly RouteExample[];
}

/** Linking and unlinking differ in what WhatsApp is asked for. In both, `linked` holds what succeeded. */
export function linkRoute(
  { action, summary, message, examples }: LinkRouteDefinition,
  deps: GroupRouteDeps,
): Route {
  return route({
    method: 'POST',
    path: `/api/community/${action}/:instance`,
    summary,
    examples,
    access: { to: 'instance' },
    rate: 'global',
    bodyErrors: 'detailed',
    body: linkBody,
    async handle({ instance, body: { communityJid: community, groupJid: groups } }) {
      const { done, failed } = await linkGroups(instance, { action, community, groups }, deps);
      return {
        body: {
          success: done.length > 0,
          message: message(done.length, done.length + failed.length),
          linked: done,
          failed: failed.map(({ jid }) => jid),
          errors: failed,
        },
      };
    },
  });
}
