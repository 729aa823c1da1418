import type { WebsocketPluginOptions } from '@fastify/websocket';
import WebSocket from 'ws';
import { CLOSINGS } from '../../events/hub.ts';

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
