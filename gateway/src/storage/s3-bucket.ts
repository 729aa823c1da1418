import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { LookupFunction } from 'node:net';
import { Readable } from 'node:stream';
import type { S3Client } from '@aws-sdk/client-s3';

export interface S3Target {
  region: string;
  bucket: string;
  accessKey: string;
  secretKey: string;
  /** '' = AWS; else an http(s) URL whose host was checked as it is written. */
  endpoint: string;
  /** Goes in front of every key. */
  pathPrefix: string;
}

export interface S3Object {
  key: string;
  /** What `body` will give, exactly. */
  size: number;
  sha256: Uint8Array;
  contentType: string;
}

/** The bucket did not take, or did not let go of, an object. `refused`: it answered, and will say the same again. */
export class BucketFailed extends Error {
  override name = 'BucketFailed';
  readonly refused: boolean;

  constructor(refused: boolean, cause: unknown) {
    super('the bucket failed', { cause });
    this.refused = refused;
  }
}

const CONNECT_TIMEOUT_MS = 10_000;
/** Between two signs of life of the bucket. */
const IDLE_TIMEOUT_MS = 30_000;
/** What happened is in the error; the SDK's default is the console. */
const SILENT = { debug() {}, info() {}, warn() {}, error() {} };
/** 35 MB of memory, for installations that have a bucket. */
const sdk = () => import('@aws-sdk/client-s3');
/** Answers that say "later" and not "no". */
const MAY_PASS = new Set([408, 425, 429]);

/** One bucket of a tenant. Its host is resolved by `lookup`, which keeps it away from private addresses. */
export class S3Bucket {
  readonly #target: S3Target;
  readonly #lookup: LookupFunction;
  #client: S3Client | null = null;

  constructor(target: S3Target, lookup: LookupFunction) {
    this.#target = target;
    this.#lookup = lookup;
  }

  /** Where an object of this name lies in the bucket. */
  key(name: string): string {
    const prefix = this.#target.pathPrefix.replace(/^\/+/, '');
    return prefix === '' || prefix.endsWith('/') ? prefix + name : `${prefix}/${name}`;
  }

  /** The address of an object. The bucket may be private: then the address answers only signed requests. */
  url(key: string): string {
    const { endpoint, bucket, region } = this.#target;
    const path = key.split('/').map(encodeURIComponent).join('/');
    if (endpoint !== '') return `${endpoint.replace(/\/+$/, '')}/${encodeURIComponent(bucket)}/${path}`;
    // A dot in the name would fall out of the wildcard of AWS's certificate.
    const host = region === 'us-east-1' ? 's3.amazonaws.com' : `s3.${region}.amazonaws.com`;
    return bucket.includes('.') ? `https://${host}/${bucket}/${path}` : `https://${bucket}.${host}/${path}`;
  }

  /** Sends a file as it is read. Throws `BucketFailed`. */
  async put(
    { key, size, sha256, contentType }: S3Object,
    body: Readable,
    signal: AbortSignal,
  ): Promise<void> {
    const { PutObjectCommand } = await sdk();
    const command = new PutObjectCommand({
      Bucket: this.#target.bucket,
      Key: key,
      Body: body,
      ContentLength: size,
      ContentType: contentType,
      // What a stranger sent is for saving, never to be run in the bucket's own origin.
      ContentDisposition: 'attachment',
    });
    // The signature covers the file: the bucket refuses bytes that changed on the way, and nothing is read twice.
    command.middlewareStack.add(
      (next) => (args) => {
        const { headers } = args.request as { headers: Record<string, string> };
        headers['x-amz-content-sha256'] = Buffer.from(sha256).toString('hex');
        return next(args);
      },
      { step: 'build', name: 'contentHash' },
    );
    try {
      const client = await this.#connect();
      await client.send(command, { abortSignal: signal });
    } catch (error) {
      throw new BucketFailed(isRefusal(error), error);
    } finally {
      body.destroy();
    }
  }

  /** Opens an object. Throws `BucketFailed`. */
  async get(key: string, signal: AbortSignal): Promise<{ body: Readable; size: number }> {
    const { GetObjectCommand } = await sdk();
    const command = new GetObjectCommand({ Bucket: this.#target.bucket, Key: key });
    try {
      const client = await this.#connect();
      const { Body, ContentLength: size } = await client.send(command, { abortSignal: signal });
      if (!(Body instanceof Readable) || size === undefined) throw new Error('an answer without a body');
      return { body: Body, size };
    } catch (error) {
      throw new BucketFailed(isRefusal(error), error);
    }
  }

  /** Deletes an object; one that is not there is deleted already. Throws `BucketFailed`. */
  async delete(key: string, signal: AbortSignal): Promise<void> {
    const { DeleteObjectCommand } = await sdk();
    const command = new DeleteObjectCommand({ Bucket: this.#target.bucket, Key: key });
    try {
      const client = await this.#connect();
      await client.send(command, { abortSignal: signal });
    } catch (error) {
      throw new BucketFailed(isRefusal(error), error);
    }
  }

  close(): void {
    this.#client?.destroy();
  }

  async #connect(): Promise<S3Client> {
    const { S3Client } = await sdk();
    const { region, endpoint, accessKey, secretKey } = this.#target;
    const agent = { lookup: this.#lookup, keepAlive: false };
    this.#client ??= new S3Client({
      region,
      credentials: { accessKeyId: accessKey, secretAccessKey: secretKey },
      // Services of others rarely have a certificate for every bucket's own host name.
      ...(endpoint === '' ? {} : { endpoint, forcePathStyle: true }),
      // A stream cannot be sent twice; the caller tries again later.
      maxAttempts: 1,
      logger: SILENT,
      // The signature covers the SHA-256 of the file; a second checksum in a trailer is what many services refuse.
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
      requestHandler: {
        connectionTimeout: CONNECT_TIMEOUT_MS,
        socketTimeout: IDLE_TIMEOUT_MS,
        httpAgent: new HttpAgent(agent),
        httpsAgent: new HttpsAgent(agent),
      },
    });
    return this.#client;
  }
}

/** The SDK throws its own errors for what is wrong before anything is sent: those have no status. */
function isRefusal(error: unknown): boolean {
  const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
  return status !== undefined && status >= 400 && status < 500 && !MAY_PASS.has(status);
}
