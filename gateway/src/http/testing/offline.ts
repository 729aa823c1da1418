import { createApp } from '../../app.ts';
import { systemClock } from '../../clock.ts';
import { readConfig } from '../../config.ts';
import type { TestStorage } from '../../storage/testing/databases.ts';
import { createLog } from '../../telemetry/log.ts';
import { atEnd } from '../../testing/at-end.ts';
import { ADMIN_TOKEN } from './gateway.ts';

/** Nothing listens there: an operation that needs WhatsApp fails at once. */
const NO_WHATSAPP = { WHATSAPP_URL: 'ws://127.0.0.1:9/ws/chat', WHATSAPP_ROOT_KEY: '00'.repeat(32) };

/** The whole gateway over real HTTP, without a WhatsApp; it ends with the test, or with the file when a hook made it. */
export async function offlineGateway({ target, folder }: TestStorage) {
  const database = target.dialect === 'postgres' ? { DATABASE_URL: target.url } : {};
  const env = { DATA_DIR: folder, HOST: '127.0.0.1', PORT: '0', ADMIN_TOKEN, ...NO_WHATSAPP, ...database };
  const log = createLog('silent');
  const app = await createApp({ config: readConfig(env), clock: systemClock, log, onTaken: () => {} });
  const baseUrl = await app.start();
  atEnd(app.stop);
  return { ...app, baseUrl };
}
