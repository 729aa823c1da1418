import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import aws4 from 'aws4';
import S3rver from 's3rver';

const ACCESS_KEY = 'S3RVER';
const SECRET_KEY = 'S3RVER';
const REGION = 'eu-central-1';
const CREDENTIAL =
  /Credential=([^/]+)\/\d{8}\/([^/]+)\/s3\/aws4_request, SignedHeaders=([^,]+), Signature=(\w+)/;

/** What the fields of `POST /api/instance/s3` must say for this server. */
export interface S3Fields {
  enabled: true;
  region: string;
  bucket: string;
  accessKey: string;
  secretKey: string;
  endpoint: string;
  pathPrefix: string;
}

export interface S3Server {
  settings(fields?: Partial<S3Fields>): S3Fields;
  /** Bytes and headers of an object, by its whole URL, as anybody may read it here. */
  fetch(url: string): Promise<Response>;
  /** Keys of uploads that have begun, in order. */
  begun: string[];
  /** Uploads wait until `release` is called. */
  hold(): { release(): void };
  close(): Promise<void>;
}

interface Context {
  method: string;
  path: string;
  url: string;
  headers: Record<string, string>;
  status: number;
  body: unknown;
  req: AsyncIterable<Uint8Array>;
}
type Middleware = (context: Context, next: () => Promise<void>) => Promise<void>;

/**
 * An S3 server with one bucket, `media`. The signature (version 4), which s3rver takes on trust, is checked here with
 * another implementation than the client's, as is the hash of what was stored.
 */
export async function startS3(): Promise<S3Server> {
  const directory = await mkdtemp(join(tmpdir(), 'ryze-s3-'));
  const server = new S3rver({
    port: 0,
    address: '127.0.0.1',
    silent: true,
    directory,
    configureBuckets: [{ name: 'media', configs: [] }],
  });
  const begun: string[] = [];
  let gate: Promise<void> = Promise.resolve();
  const front: Middleware = async (context, next) => {
    if (context.method === 'PUT') {
      begun.push(context.path);
      await gate;
    }
    if (context.method !== 'GET' && !isSigned(context)) {
      context.status = 403;
      context.body = '<Error><Code>SignatureDoesNotMatch</Code><Message>wrong signature</Message></Error>';
      return;
    }
    await next();
    if (context.method !== 'PUT' || context.status !== 200) return;
    const stored = await readFile(join(directory, `${decodeURIComponent(context.path)}._S3rver_object`));
    const sha256 = createHash('sha256').update(stored).digest('hex');
    if (context.headers['x-amz-content-sha256'] !== sha256) throw new Error('another body than was signed');
  };
  (server as unknown as { middleware: Middleware[] }).middleware.unshift(front);
  const { port } = (await server.run()) as AddressInfo;
  const endpoint = `http://127.0.0.1:${port}`;
  return {
    begun,
    settings: (fields = {}) => ({
      enabled: true,
      region: REGION,
      bucket: 'media',
      accessKey: ACCESS_KEY,
      secretKey: SECRET_KEY,
      endpoint,
      pathPrefix: 'media/sales/',
      ...fields,
    }),
    fetch: (url) => fetch(url),
    hold() {
      const { promise, resolve } = Promise.withResolvers<void>();
      gate = promise;
      return { release: resolve };
    },
    async close() {
      await server.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function isSigned({ method, url, headers }: Context): boolean {
  const [, key, region, signed, signature] = CREDENTIAL.exec(headers.authorization ?? '') ?? [];
  if (key !== ACCESS_KEY || region !== REGION || !signed) return false;
  const names = signed.split(';');
  const { headers: expected = {} } = aws4.sign(
    {
      service: 's3',
      region,
      method,
      path: url,
      headers: Object.fromEntries(names.map((name) => [name, headers[name] ?? ''])),
    },
    { accessKeyId: ACCESS_KEY, secretAccessKey: SECRET_KEY },
  );
  return String(expected.Authorization).endsWith(`Signature=${signature}`);
}
