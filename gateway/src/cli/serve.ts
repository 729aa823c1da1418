import { type App, createApp } from '../app.ts';
import { systemClock } from '../clock.ts';
import type { Config } from '../config.ts';
import { PRODUCT } from '../product.ts';
import { createLog, type Logger } from '../telemetry/log.ts';

const DRAIN_DEADLINE_MS = 30_000;

/** Runs the gateway until SIGTERM or SIGINT. */
export async function serve(config: Config): Promise<void> {
  const log = createLog(config.logLevel);
  const end = (code: number) => process.exit(code);
  const app = await createApp({
    config,
    clock: systemClock,
    log,
    onTaken() {
      log.fatal('another gateway took this database over, ending');
      end(1);
    },
  });
  // An uncaught error leaves the process in an unknown state: end, and let what runs us start anew.
  process.on('uncaughtException', (error) => {
    log.fatal({ err: error }, 'uncaught error, ending');
    end(1);
  });

  if (config.sandbox) {
    log.warn({ url: config.sandbox.url }, 'THIS IS NOT WHATSAPP: the gateway talks to a sandbox');
  }
  await makeFirstAccount(app);
  const started = app.start();
  // Before anybody can see that it is up: what starts it may end it at that very moment.
  endOnSignal(() => started.then(() => app.stop()), log, end);
  const url = await started;
  log.info({ url, version: PRODUCT.version, database: config.database.dialect }, 'the gateway is listening');
}

/** An empty installation gets one account, whose token is shown this once. */
async function makeFirstAccount(app: App): Promise<void> {
  if ((await app.accounts.list()).length > 0) return;
  const { token } = await app.accounts.create({ name: 'default' });
  console.log(`A first account was made. Its TokenAccount is shown only now:\n\n  ${token}\n`);
}

/** @param stop resolves when everything is stored and closed */
function endOnSignal(stop: () => Promise<void>, log: Logger, end: (code: number) => void): void {
  let ending = false;
  const drain = (signal: string) => {
    if (ending) return;
    ending = true;
    log.info({ signal }, 'draining');
    setTimeout(() => {
      log.error('draining took too long, ending');
      end(1);
    }, DRAIN_DEADLINE_MS).unref();
    stop().then(
      () => end(0),
      (error) => {
        log.error({ err: error }, 'could not drain cleanly');
        end(1);
      },
    );
  };
  process.on('SIGTERM', () => drain('SIGTERM'));
  process.on('SIGINT', () => drain('SIGINT'));
}
