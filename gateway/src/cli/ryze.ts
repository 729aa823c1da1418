import { Command } from 'commander';
import { systemClock } from '../clock.ts';
import { ConfigError, readConfig } from '../config.ts';
import { openFoundation } from '../foundation.ts';
import { InstanceRecords } from '../instances/records.ts';
import { PRODUCT } from '../product.ts';
import { AlreadyServed } from '../storage/single-writer.ts';
import { createLog } from '../telemetry/log.ts';
import { noAccessWatcher } from '../tenancy/access-watcher.ts';
import { Accounts } from '../tenancy/accounts.ts';
import { type AccountServices, accountCommand } from './account.ts';
import { serve } from './serve.ts';

/** `ryze <command>`: everything that is done on the server itself. */
const ryze = new Command('ryze').description('the gateway and its accounts').version(PRODUCT.version);
ryze
  .command('serve')
  .description('run the gateway')
  .action(() => serve(readConfig(process.env)));
ryze.addCommand(accountCommand(openAccounts, { print: console.log, fail }));

try {
  await ryze.parseAsync();
} catch (error) {
  if (!(error instanceof ConfigError || error instanceof AlreadyServed)) throw error;
  fail(error.message);
}

function fail(line: string): void {
  console.error(line);
  process.exitCode = 1;
}

/** Works beside a running gateway, which follows within seconds what it did not do itself. */
async function openAccounts(): Promise<AccountServices> {
  const config = readConfig(process.env);
  const log = createLog('silent');
  const { storage, seal, lookup, close } = await openFoundation(config, log);
  const common = { db: storage.db, clock: systemClock, lookup, watcher: noAccessWatcher };
  const records = new InstanceRecords({ ...common, seal });
  const accounts = new Accounts({
    ...common,
    rateLimitPerMinute: config.rateLimitPerMinute,
    removeInstance: (instance) => records.delete(instance),
  });
  return { accounts, close };
}
