import { join } from 'node:path';
import { Arrivals } from '../workers/arrivals.ts';
import { serveCommands } from '../workers/serve-commands.ts';
import { type SendPlan, StockClient } from './client.ts';

/*
 * Stock Baileys as its users run it: sockets from `makeWASocket`, credentials and keys from `useMultiFileAuthState`,
 * each change saved. Started with the sandbox's address, its root key and a folder.
 */

const [url = '', rootKey = '', folder = ''] = process.argv.slice(2);
const own = new URL('./node_modules/', import.meta.url).href;
for (const dependency of ['baileys', 'libsignal']) {
  // Without its own folder, Node would find the product's packages further up and this would measure us twice.
  if (!import.meta.resolve(dependency).startsWith(own)) throw new Error(`bench/stock has no ${dependency}`);
}

// libsignal writes every session that it closes to the console; a terminal is not what is measured here.
for (const level of ['log', 'info', 'warn'] as const) console[level] = () => {};

const clients = new Map<string, StockClient>();
const arrivals = new Arrivals();

serveCommands({
  ready: () => true,
  async link({ number }: { number: string }) {
    const client = new StockClient({ url, rootKey, number, folder: join(folder, number), arrivals });
    clients.set(number, client);
    await client.connect();
  },
  send: ({ number, ...plan }: { number: string } & SendPlan) => clients.get(number)?.send(plan),
  count: ({ marker, count }: { marker: string; count: number }) => arrivals.reached(marker, count),
});
