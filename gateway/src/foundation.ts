import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import { openStorage, type Storage } from './storage/database.ts';
import { encryptionKeyIn, makeDataFolder, tokenPepper } from './storage/keyring.ts';
import { createSeal, type Seal } from './storage/seal.ts';
import type { Logger } from './telemetry/log.ts';
import { type TokenLookup, tokenLookup } from './tenancy/tokens.ts';

/** What the server and the command line stand on. */
export interface Foundation {
  storage: Storage;
  seal: Seal;
  lookup: TokenLookup;
  close(): Promise<void>;
}

/** Opens data folder, keys and database; what is missing is made. `server` names a process that will serve. */
export async function openFoundation(config: Config, log: Logger, server?: string): Promise<Foundation> {
  await makeDataFolder(config.dataDir);
  const seal = createSeal(config.encryptionKey ?? (await encryptionKeyIn(config.dataDir)));
  const storage = await openStorage(config.database, log, server);
  const lookup = tokenLookup(await tokenPepper(storage.db));
  return { storage, seal, lookup, close: () => storage.close() };
}

export interface GatewayContext {
  config: Config;
  clock: Clock;
  log: Logger;
}
