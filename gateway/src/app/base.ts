import type { GatewayContext } from '../foundation.ts';
import type { AddressRange } from '../net/address-policy.ts';
import { GuardedFetch } from '../net/guarded-fetch.ts';
import type { Storage } from '../storage/database.ts';
import type { Queries } from '../storage/queries.ts';
import type { Seal } from '../storage/seal.ts';
import { TempFiles } from '../storage/temp-files.ts';
import type { TokenLookup } from '../tenancy/tokens.ts';
import { ClientVersion } from '../whatsapp/client-version.ts';
import { MediaNetwork } from '../whatsapp/media/network.ts';
import { CONNECT_TIMEOUT_MS } from '../whatsapp/media/outgoing/download-url.ts';

/** What every part stands on. */
export interface Base extends GatewayContext {
  storage: Storage;
  db: Queries;
  seal: Seal;
  lookup: TokenLookup;
  /** The operator's exceptions to the address policy. */
  allowed: readonly AddressRange[];
  /** To URLs of tenants: webhooks, pages, pictures. */
  fetch: GuardedFetch;
  /** The same for files, which may take longer to begin. */
  fileFetch: GuardedFetch;
  /** To WhatsApp's media hosts. */
  network: MediaNetwork;
  clientVersion: ClientVersion;
  tempFiles: TempFiles;
  /** Under which clients reach the gateway; a free port is known only once it listens. */
  baseUrl(): string;
}

export type BaseOptions = GatewayContext & Pick<Base, 'storage' | 'seal' | 'lookup' | 'baseUrl'>;

export function createBase(options: BaseOptions): Base {
  const { config, clock, log, storage } = options;
  const allowed = config.allowedPrivateRanges;
  return {
    ...options,
    db: storage.db,
    allowed,
    fetch: new GuardedFetch({ allowed, clock }),
    fileFetch: new GuardedFetch({ allowed, clock, connectTimeoutMs: CONNECT_TIMEOUT_MS }),
    network: new MediaNetwork(config.sandbox?.media ?? null),
    clientVersion: new ClientVersion(config.whatsAppVersion, log),
    tempFiles: new TempFiles(config.dataDir),
  };
}

export async function closeBase({ fetch, fileFetch, network }: Base): Promise<void> {
  await fetch.close();
  await fileFetch.close();
  await network.close();
}
