import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { testSeal } from '../../events/testing/events.ts';
import { databases } from '../../storage/testing/databases.ts';
import { createLog } from '../../telemetry/log.ts';
import { TestClock } from '../../testing/test-clock.ts';
import { ClientVersion } from '../client-version.ts';
import type { CloseReason } from '../link.ts';
import { MediaNetwork } from '../media/network.ts';
import type { SessionListener } from '../session.ts';
import { AppStateStore } from './app-state/store.ts';
import { Connection } from './connection.ts';
import { InboxJournal } from './intake/inbox-journal.ts';
import { createLinkedDevices } from './keys/linked-device.ts';

/** Somebody who takes connections and never says a word. */
async function silentServer() {
  const server = createServer();
  const sockets: Socket[] = [];
  server.on('connection', (socket) => sockets.push(socket.on('error', () => {})));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `ws://127.0.0.1:${port}/ws/chat`, connected: once(server, 'connection') };
}

test('a server that never answers ends the attempt after twenty seconds', async () => {
  const { url, connected } = await silentServer();
  const { db } = await databases[0]!.open();
  const clock = new TestClock();
  const closed = Promise.withResolvers<CloseReason>();
  const ignore = () => {};
  const connection = new Connection({
    auth: createLinkedDevices({ db, seal: testSeal(), clock }).fresh(),
    url,
    agent: null,
    media: new MediaNetwork(null).through(null),
    markOnline: false,
    syncHistory: false,
    clock,
    log: createLog('silent'),
    journal: new InboxJournal({ db, instanceId: 'none', clock }),
    appState: new AppStateStore({ db, instanceId: 'none' }),
    clientVersion: new ClientVersion(null, createLog('silent')),
    listener: {} as SessionListener,
    healthy: async () => true,
    watcher: {
      transportOpen: ignore,
      qr: ignore,
      pairingCode: ignore,
      passkey: ignore,
      paired: ignore,
      open: ignore,
      answers: ignore,
      versionRefusedFrom: ignore,
      closed: closed.resolve,
    },
  });
  onTestFinished(() => connection.close());
  await connected;
  clock.advance(19_999);
  const early = await Promise.race([closed.promise, new Promise((resolve) => setImmediate(resolve))]);
  expect(early).toBeUndefined();
  clock.advance(1);
  expect(await closed.promise).toMatchObject({ kind: 'transport', text: 'WhatsApp could not be reached' });
});
