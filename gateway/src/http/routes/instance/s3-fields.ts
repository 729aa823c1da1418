import { failure } from '../../../failure.ts';
import type { S3Settings } from '../../../instances/s3.ts';
import type { AddressRange } from '../../../net/address-policy.ts';
import { codePoints } from '../../body/fields.ts';
import { isForbiddenHost } from './fields.ts';

/** S3 storage as a body describes it; the names of the fields differ from body to body. */
export interface S3Fields {
  region: string | undefined;
  bucket: string | undefined;
  accessKey: string | undefined;
  secretKey: string | undefined;
  endpoint: string | undefined;
  pathPrefix: string | undefined;
}

const DEFAULT_REGION = 'us-east-1';
const LONGEST: Record<keyof S3Fields, number> = {
  region: 255,
  bucket: 255,
  accessKey: 255,
  secretKey: 255,
  endpoint: 2048,
  pathPrefix: 512,
};

/** Checks S3 storage. `named` gives a field's public name: `Bucket`, or `S3Bucket` in the creation of an instance. */
export function s3Settings(
  fields: S3Fields,
  named: (field: string) => string,
  allowed: readonly AddressRange[],
): { settings: S3Settings; secretKey: string | undefined } {
  const name = (field: string) => named(field.charAt(0).toUpperCase() + field.slice(1));
  for (const [field, max] of Object.entries(LONGEST)) {
    if (codePoints(fields[field as keyof S3Fields] ?? '') <= max) continue;
    throw failure('field_invalid', { text: `${name(field)} must be at most ${max} characters` });
  }
  const { bucket, accessKey, secretKey, endpoint = '', pathPrefix = '' } = fields;
  if (bucket === undefined) throw failure('field_required', { field: name('bucket') });
  if (accessKey === undefined) throw failure('field_required', { field: name('accessKey') });
  if (endpoint !== '') checkEndpoint(endpoint, name('endpoint'), allowed);
  if (pathPrefix.includes('..')) {
    throw failure('field_invalid', { text: `${name('pathPrefix')} must not contain ..` });
  }
  const settings = {
    region: fields.region ?? DEFAULT_REGION,
    bucket,
    accessKey,
    endpoint,
    pathPrefix: pathPrefix.replace(/^\/+/, ''),
  };
  return { settings, secretKey };
}

function checkEndpoint(endpoint: string, field: string, allowed: readonly AddressRange[]): void {
  const url = URL.parse(endpoint);
  const isFull = url !== null && ['http:', 'https:'].includes(url.protocol) && /^https?:\/\//i.test(endpoint);
  if (!isFull || url.username !== '' || url.password !== '') {
    throw failure('field_invalid', { text: `${field} must be a full http or https URL` });
  }
  if (isForbiddenHost(url.hostname, allowed)) throw failure('address_forbidden', { field });
}
