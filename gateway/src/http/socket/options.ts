import type { IncomingMessage } from 'node:http';
import type { WebsocketPluginOptions } from '@fastify/websocket';
import WebSocket from 'ws';
import { CLOSINGS } from '../../events/sockets/hub.ts';
import { pathOf } from '../paths.ts';

const MAX_INBOUND_BYTES = 64 * 1024;
const TOO_BIG = 1009;

/** The module's type names more than a class of sockets needs. */
type SocketClass = NonNullable<NonNullable<WebsocketPluginOptions['options']>['WebSocket']>;

/** `ws` closes by itself on a frame that is too big and leaves the reason out. */
class GatewaySocket extends WebSocket {
  override close(code?: number, reason?: string | Buffer): void {
    super.close(code, code === TOO_BIG ? 'Message too big' : reason);
  }
}

const OFFERED = /^websocket$/i;
const VERSIONS = new Set(['8', '13']);
const KEY = /^[+/0-9A-Za-z]{22}==$/;

/**
 * Whether a request asks for a socket, and rightly. Every other one is answered as if it offered no upgrade: clients
 * offer others with ordinary requests (`h2c`, which Java's sends with each), and a broken handshake gets an answer in
 * the shape of all others.
 */
export function asksForSocket({ method, url, headers }: IncomingMessage): boolean {
  return (
    method === 'GET' &&
    /^\/ws(\/|$)/.test(pathOf(url ?? '')) &&
    OFFERED.test(headers.upgrade ?? '') &&
    VERSIONS.has(headers['sec-websocket-version'] ?? '') &&
    KEY.test(headers['sec-websocket-key'] ?? '')
  );
}

/** How the server speaks WebSocket: small inbound frames, no compression (it costs memory per socket). */
export const websocketOptions: WebsocketPluginOptions = {
  options: {
    maxPayload: MAX_INBOUND_BYTES,
    perMessageDeflate: false,
    WebSocket: GatewaySocket as unknown as SocketClass,
  },
  // The plugin would cut the connection, and with it the close frame that says why.
  errorHandler: (_error, socket) => {
    if (socket.readyState === WebSocket.OPEN) {
      socket.close(CLOSINGS.internalError.code, CLOSINGS.internalError.reason);
    }
  },
};
