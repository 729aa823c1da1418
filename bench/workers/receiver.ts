import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Arrivals } from './arrivals.ts';
import { serveCommands } from './serve-commands.ts';

/*
 * A webhook receiver that answers 200 at once and remembers when what came. Deliveries are distinguished by `webhook-id`
 * and URL, so that one that comes twice counts once.
 */

const arrivals = new Arrivals();
const seen = new Set<string>();

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    response.end();
    const id = `${request.headers['webhook-id']} ${request.url}`;
    if (seen.has(id)) return;
    seen.add(id);
    arrivals.add(Buffer.concat(chunks).toString('utf8'));
  });
});
server.keepAliveTimeout = 60_000;

serveCommands({
  listen: async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return (server.address() as AddressInfo).port;
  },
  count: ({ marker, count }) => arrivals.reached(marker, count),
});
