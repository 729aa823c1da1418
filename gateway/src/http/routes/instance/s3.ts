import { z } from 'zod';
import { s3View } from '../../../instances/s3.ts';
import { requiredFlag } from '../../body/fields.ts';
import { type Route, route } from '../../route.ts';
import type { InstanceRouteDeps } from './deps.ts';
import { s3Written } from './examples.ts';
import { anyText } from './fields.ts';
import { s3Settings } from './s3-fields.ts';

const body = z.object({
  enabled: requiredFlag,
  region: anyText,
  bucket: anyText,
  accessKey: anyText,
  secretKey: anyText,
  endpoint: anyText,
  pathPrefix: anyText,
});

export function setS3({ records, allowed }: Pick<InstanceRouteDeps, 'records' | 'allowed'>): Route {
  return route({
    method: 'POST',
    path: '/api/instance/s3/:instance',
    summary: 'Set or remove the S3 storage',
    examples: s3Written,
    access: { to: 'instance' },
    failed: 'Failed to update S3 configuration',
    body,
    async handle({ instance, body: { enabled, ...fields } }) {
      const s3 = enabled ? s3Settings(fields, (name) => name, allowed) : null;
      const { secretKey: _, ...view } = s3View(await records.setS3(instance.id, s3));
      return { body: { success: true, message: 'S3 configuration updated', s3: view } };
    },
  });
}
