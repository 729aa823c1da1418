import type { ClientRequest, IncomingMessage } from 'node:http';
import { Boom } from '@hapi/boom';
import { DisconnectReason, type WASocket } from 'baileys';

type FrameReader = (data: unknown) => Promise<void>;

export interface SocketGuardOptions {
  /** The connection is of no use any more. */
  abort(error: Boom): void;
  /** What a frame could not be read for; `abort` follows. */
  onUnreadable(error: unknown): void;
}

/** Ends the connection where Baileys (7.0.0-rc14) would leave a request open, or the process would end. */
export function guardSocket(ws: WASocket['ws'], { abort, onUnreadable }: SocketGuardOptions): void {
  // Baileys listens to this without acting on it, so `ws` would leave the request open until it times out.
  ws.on('unexpected-response', (request: ClientRequest, response: IncomingMessage) => {
    request.destroy();
    abort(new Boom(`HTTP ${response.statusCode}`, { statusCode: DisconnectReason.unavailableService }));
  });
  const guarded = async (read: FrameReader, data: unknown) => {
    try {
      await read(data);
    } catch (error) {
      onUnreadable(error);
      abort(new Boom('a frame could not be read', { statusCode: DisconnectReason.connectionLost }));
    }
  };
  // Baileys reads asynchronously and nothing awaits it: what it throws would end the process with all instances.
  for (const read of ws.listeners('message')) {
    ws.off('message', read as () => void);
    ws.on('message', (data) => void guarded(read as FrameReader, data));
  }
}
