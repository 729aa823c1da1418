import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { EventWatch, type GatewayEvent } from './event-watch.ts';

export interface Receiver {
  url: string;
  events: EventWatch;
  close(): void;
}

/** A webhook receiver, as a user's CRM or bot would have one. `onEvent` is called with what `events` collects. */
export async function startReceiver(onEvent: (event: GatewayEvent) => void = () => {}): Promise<Receiver> {
  const events = new EventWatch('the webhook');
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const event = JSON.parse(Buffer.concat(chunks).toString());
    events.add(event);
    onEvent(event);
    response.end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/webhook`, events, close: () => server.close() };
}

/** The live channel, opened the way a browser does it: the token is in the query. */
export async function openLiveChannel(baseUrl: string, instance: string, token: string) {
  const events = new EventWatch('the WebSocket');
  const socket = new WebSocket(`${baseUrl.replace('http', 'ws')}/ws/${instance}?token=${token}`);
  socket.addEventListener('message', ({ data }) => events.add(JSON.parse(String(data))));
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener('open', () => resolve());
    socket.addEventListener('error', () => reject(new Error('the WebSocket was refused')));
  });
  return { events, close: () => socket.close() };
}
