import type { Phone } from '@ryze/whatsapp-sandbox/client';
import { type BaileysEventMap, initAuthCreds, makeWASocket, type WASocket } from 'baileys';
import { pino } from 'pino';
import { memoryKeys } from '../whatsapp/baileys/keys/memory-keys.ts';
import { makeBridgeSignalRepository } from '../whatsapp/baileys/signal/repository.ts';
import { atEnd } from './at-end.ts';
import { EventList } from './event-list.ts';
import type { SandboxEndpoint } from './sandbox-environment.ts';

/** Another device of an account: Baileys as it is, without anything of the gateway but the Signal layer. */
export interface StockDevice {
  socket: WASocket;
  /** What Baileys emits, by the names of its events; entries of a list are separate events. */
  events: EventList;
}

const WATCHED = [
  'chats.update',
  'labels.edit',
  'labels.association',
  'messages.update',
  'chats.delete',
] as const;

/** Links one more device to a phone; it ends with the test or file. */
export async function linkStockDevice({ url }: SandboxEndpoint, phone: Phone): Promise<StockDevice> {
  const auth = { creds: initAuthCreds(), keys: memoryKeys().store };
  const open = () => {
    const socket = makeWASocket({
      waWebSocketUrl: url,
      auth,
      logger: pino({ level: 'silent' }) as never,
      makeSignalRepository: makeBridgeSignalRepository,
      // Else it waits for a history and reports nothing until then.
      shouldSyncHistoryMessage: () => false,
    });
    socket.ev.on('creds.update', (update) => Object.assign(auth.creds, update));
    return socket;
  };
  const pairing = open();
  const { qr } = await update(pairing, ({ qr }) => qr !== undefined);
  const scanned = phone.scan(qr ?? '');
  await update(pairing, ({ connection }) => connection === 'close');
  const socket = open();
  const events = watch(socket);
  const keyed = new Promise<void>((resolve) => {
    socket.ev.on('creds.update', ({ myAppStateKeyId }) => {
      if (myAppStateKeyId) resolve();
    });
  });
  atEnd(() => socket.end(undefined));
  await Promise.all([scanned, update(socket, ({ connection }) => connection === 'open')]);
  await keyed;
  return { socket, events };
}

type Update = BaileysEventMap['connection.update'];

function update(socket: WASocket, fits: (update: Update) => boolean): Promise<Update> {
  return new Promise((resolve) => {
    socket.ev.on('connection.update', (each) => {
      if (fits(each)) resolve(each);
    });
  });
}

function watch({ ev }: WASocket): EventList {
  const events = new EventList();
  for (const event of WATCHED) {
    ev.on(event, (emitted) => {
      for (const data of Array.isArray(emitted) ? emitted : [emitted])
        events.add({ event, eventId: '', data });
    });
  }
  return events;
}
