import type { Server } from 'node:http';
import { WebSocketServer } from 'ws';
import { MAX_FRAME_BYTES } from '../../wire/frames.ts';
import type { ServerContext } from '../context.ts';
import { Connection } from './connection.ts';
import { shakeHands } from './handshake.ts';

export const CHAT_PATH = '/ws/chat';
const HANDSHAKE_TIMEOUT_MS = 20_000;

/** Accepts WhatsApp clients on an HTTP server; any other upgrade is refused. Returns what closes it. */
export function acceptClients(ctx: ServerContext, http: Server): () => void {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_FRAME_BYTES + 4096,
    perMessageDeflate: false,
  });
  http.on('upgrade', (request, socket, head) => {
    if (new URL(request.url ?? '/', 'http://localhost').pathname !== CHAT_PATH) {
      socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n');
      return;
    }
    sockets.handleUpgrade(request, socket, head, (client) => {
      const connection = new Connection(ctx, client);
      shakeHands(ctx, connection);
      const timer = setTimeout(() => {
        if (!connection.established) connection.cut();
      }, HANDSHAKE_TIMEOUT_MS);
      timer.unref();
      connection.onClose(() => clearTimeout(timer));
    });
  });
  return () => {
    for (const client of sockets.clients) client.terminate();
    sockets.close();
  };
}
