import { s3View } from '../../../instances/s3.ts';
import { type Route, route } from '../../route.ts';
import { s3Read } from './examples.ts';

export function getS3(): Route {
  return route({
    method: 'GET',
    path: '/api/instance/getS3/:instance',
    summary: 'Read the S3 storage',
    examples: s3Read,
    access: { to: 'instance' },
    failed: 'Failed to get S3 configuration',
    async handle({ instance }) {
      return { body: { success: true, s3: s3View(instance) } };
    },
  });
}
