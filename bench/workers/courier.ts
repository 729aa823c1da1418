import { setTimeout as pause } from 'node:timers/promises';
import { systemClock } from '../../gateway/src/clock.ts';
import { readConfig } from '../../gateway/src/config.ts';
import { Channels } from '../../gateway/src/events/channels.ts';
import { createOutbox, type Outbox } from '../../gateway/src/events/outbox.ts';
import { Courier } from '../../gateway/src/events/webhooks/courier.ts';
import { configureWebhook } from '../../gateway/src/events/webhooks/webhook-config.ts';
import { openFoundation } from '../../gateway/src/foundation.ts';
import { InstanceRecords } from '../../gateway/src/instances/records.ts';
import { GuardedFetch } from '../../gateway/src/net/guarded-fetch.ts';
import { createLog } from '../../gateway/src/telemetry/log.ts';
import { noAccessWatcher } from '../../gateway/src/tenancy/access-watcher.ts';
import { Accounts } from '../../gateway/src/tenancy/accounts.ts';
import { wallClock } from './arrivals.ts';
import { serveCommands } from './serve-commands.ts';

/*
 * The gateway's outbox and courier on a database of their own, without WhatsApp in front: put together as `app.ts` does
 * it. Started with the data folder and the receiver's port.
 */

const CHATS = 20;
const [dataDir = '', port = ''] = process.argv.slice(2);
const config = readConfig({ DATA_DIR: dataDir, ALLOW_PRIVATE_URLS: '127.0.0.0/8' });
const clock = systemClock;
const log = createLog('error');
const { storage, seal, lookup } = await openFoundation(config, log);
const { db } = storage;
const allowed = config.allowedPrivateRanges;

const fetch = new GuardedFetch({ allowed, clock });
const channels = new Channels({ seal, clock, log });
const courier = new Courier({ storage, seal, clock, log, fetch, channels, userAgent: 'bench (webhook)' });
const outbox: Outbox = createOutbox({
  db,
  seal,
  clock,
  channels,
  baseUrl: () => 'http://localhost',
  hub: { publish: () => {} },
  courier,
});
const instances: string[] = [];

serveCommands({ prepare, queue, start: () => courier.start(), steady });

/** So many instances with a webhook each. */
async function prepare({ count }: { count: number }): Promise<void> {
  const common = { db, clock, lookup, watcher: noAccessWatcher };
  const records = new InstanceRecords({ ...common, seal });
  const accounts = new Accounts({ ...common, rateLimitPerMinute: 100, removeInstance: async () => {} });
  const { account } = await accounts.create({ name: 'bench', maxInstances: count });
  while (instances.length < count) {
    const name = `i${instances.length}`;
    const fresh = { name, token: undefined, settings: {}, proxy: null, s3: null };
    const { id } = await records.create(account.id, fresh);
    await configureWebhook(db, { seal, clock, allowed }, id, {
      enabled: true,
      url: `http://127.0.0.1:${port}/${name}`,
      events: ['message.exchange'],
    });
    instances.push(id);
  }
}

/** Events that wait: what `start` then finds. */
async function queue({ marker, count }: { marker: string; count: number }): Promise<void> {
  for (let index = 0; index < count; index++) await report(marker, index);
}

/** New events at a steady rate, with a courier that runs. */
async function steady({ marker, count, perSecond }: { marker: string; count: number; perSecond: number }) {
  const began = performance.now();
  const reports: Promise<unknown>[] = [];
  for (let index = 0; index < count; index++) {
    const early = began + (index * 1000) / perSecond - performance.now();
    if (early > 1) await pause(early);
    reports.push(report(marker, index));
  }
  await Promise.all(reports);
}

function report(marker: string, index: number): Promise<boolean> {
  const instance = instances[index % instances.length] ?? '';
  const chat = `49160${String(Math.floor(index / instances.length) % CHATS).padStart(7, '0')}@s.whatsapp.net`;
  const at = wallClock();
  return outbox.transaction(instance, (_trx, emit) =>
    emit({
      kind: 'message.exchange',
      lane: chat,
      dedupeKey: null,
      data: {
        id: `3EB0${String(index).padStart(16, '0')}`,
        direction: 'incoming',
        messageType: 'text',
        at,
        message: { content: `#${marker}# ${index} `.padEnd(100, 'x') },
        chat: { jid: chat, lid: '100000000000001@lid', type: 'individual', name: 'Somebody' },
        sender: { jid: chat, lid: '100000000000001@lid', name: 'Somebody' },
      },
    }),
  );
}
