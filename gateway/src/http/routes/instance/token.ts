import { z } from 'zod';
import { timestamp } from '../../../clock.ts';
import { type Route, route } from '../../route.ts';
import type { InstanceRouteDeps } from './deps.ts';
import { tokenRotated } from './examples.ts';
import { customToken, graceSeconds } from './fields.ts';

export function rotateInstanceToken({ records }: Pick<InstanceRouteDeps, 'records'>): Route {
  return route({
    method: 'POST',
    path: '/api/instance/token/:instance',
    summary: 'Replace the token of an instance',
    examples: tokenRotated,
    access: { to: 'instance', currentTokenOnly: true },
    failed: 'Failed to rotate instance token',
    body: z.object({ token: customToken, graceSeconds }),
    bodyOptional: true,
    async handle({ instance: { id, name }, instance, body }) {
      const { token, previousExpiresAt } = await records.rotateToken(instance, body);
      const previousTokenExpiresAt = previousExpiresAt === null ? null : timestamp(previousExpiresAt);
      return {
        body: {
          success: true,
          message: 'Instance token rotated',
          instance: { id, name, token, previousTokenExpiresAt },
        },
      };
    },
  });
}
