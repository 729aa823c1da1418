import { proxyView } from '../../../instances/proxy.ts';
import { type Route, route } from '../../route.ts';
import { proxyRead } from './examples.ts';

export function getProxy(): Route {
  return route({
    method: 'GET',
    path: '/api/instance/getProxy/:instance',
    summary: 'Read the proxy',
    examples: proxyRead,
    access: { to: 'instance' },
    failed: 'Failed to get proxy configuration',
    async handle({ instance }) {
      return {
        body: {
          success: true,
          message: 'Proxy configuration retrieved successfully',
          proxy: proxyView(instance),
        },
      };
    },
  });
}
