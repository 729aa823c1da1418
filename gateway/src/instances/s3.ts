import type { InstanceRow } from '../storage/schema.ts';
import type { Seal } from '../storage/seal.ts';

/** S3 storage as it is kept and shown; the secret key is sealed in a column of its own. */
export interface S3Settings {
  region: string;
  bucket: string;
  accessKey: string;
  /** '' = AWS */
  endpoint: string;
  /** Without a leading slash. */
  pathPrefix: string;
}

const secretContext = (instanceId: string) => `instance:${instanceId}:s3-secret-key`;

/** Columns of an instance with this storage; null removes it. `secretKey` undefined keeps the stored one. */
export function s3Columns(
  seal: Seal,
  instanceId: string,
  s3: { settings: S3Settings; secretKey: string | undefined } | null,
) {
  if (!s3) return { s3: null, s3_secret_key_sealed: null };
  const kept = s3.secretKey === undefined;
  return {
    s3: JSON.stringify(s3.settings),
    ...(kept ? {} : { s3_secret_key_sealed: seal.seal(s3.secretKey ?? '', secretContext(instanceId)) }),
  };
}

/** The storage with its secret key; null = none. Throws `SealBroken` when the key does not open. */
export function s3Of(instance: InstanceRow, seal: Seal): (S3Settings & { secretKey: string }) | null {
  if (instance.s3 === null || !instance.s3_secret_key_sealed) return null;
  const secretKey = seal.open(instance.s3_secret_key_sealed, secretContext(instance.id)).toString();
  return { ...(JSON.parse(instance.s3) as S3Settings), secretKey };
}

/** The `s3` block of the API's instance object; the secret key is never in it. */
export function s3View(instance: Pick<InstanceRow, 's3'>) {
  if (instance.s3 === null) {
    return {
      enabled: false,
      region: '',
      bucket: '',
      accessKey: '',
      secretKey: null,
      endpoint: '',
      pathPrefix: '',
    };
  }
  const { region, bucket, accessKey, endpoint, pathPrefix } = JSON.parse(instance.s3) as S3Settings;
  return { enabled: true, region, bucket, accessKey, secretKey: null, endpoint, pathPrefix };
}
