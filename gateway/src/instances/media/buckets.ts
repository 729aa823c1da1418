import { type AddressRange, forbiddenLiteral } from '../../net/address-policy.ts';
import { guardedLookup, hostNotAllowed } from '../../net/guarded-lookup.ts';
import { S3Bucket } from '../../storage/s3-bucket.ts';
import type { InstanceRow } from '../../storage/schema.ts';
import type { Seal } from '../../storage/seal.ts';
import { s3Of } from '../s3.ts';

/**
 * The bucket of an instance; null = none. The host of its endpoint is checked here too: what was allowed when it was
 * set may not be now. Throws for an endpoint that is not allowed and `SealBroken` when its secret key does not open.
 */
export function bucketOf(
  instance: InstanceRow,
  { seal, allowed }: { seal: Seal; allowed: readonly AddressRange[] },
): S3Bucket | null {
  const target = s3Of(instance, seal);
  if (!target) return null;
  const host = target.endpoint === '' ? null : URL.parse(target.endpoint)?.hostname;
  if (host !== null && (!host || forbiddenLiteral(host, allowed)))
    throw hostNotAllowed(host ?? 'the endpoint');
  return new S3Bucket(target, guardedLookup(allowed));
}
