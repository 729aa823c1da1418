import { messageMetrics } from '../../../instances/metrics.ts';
import { type Route, route } from '../../route.ts';
import type { InstanceRouteDeps } from './deps.ts';
import { metricsRead } from './examples.ts';

export function instanceMetrics({ db, clock }: Pick<InstanceRouteDeps, 'db' | 'clock'>): Route {
  return route({
    method: 'GET',
    path: '/api/instance/metrics/:instance',
    summary: 'Count the messages of one instance, or of several together',
    examples: metricsRead,
    access: { to: 'instances' },
    failed: 'Failed to get metrics',
    async handle({ instances, params }) {
      const ids = instances.map(({ id }) => id);
      const counters = await messageMetrics(db, ids, clock.now());
      return {
        body: {
          success: true,
          message: 'Metrics retrieved successfully',
          metrics: { instance: params.instance, ...counters },
        },
      };
    },
  });
}
