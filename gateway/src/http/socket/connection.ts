import type { WebSocket } from 'ws';
import type { Clock } from '../../clock.ts';
import { CLOSINGS, type Closing, type Hub, type Subscriber } from '../../events/sockets/hub.ts';

const PING_MS = 25_000;
const PONG_TIMEOUT_MS = 60_000;

/** Bytes that may wait for a client that reads too slowly. */
const MAX_WAITING_BYTES = 4 * 1024 * 1024;

/** A client that does not answer the close frame is cut off. */
const CLOSE_GRACE_MS = 5_000;

export type Ticket = Pick<
  Subscriber,
  'instanceId' | 'accountId' | 'principal' | 'tokenLookup' | 'stillValid'
>;

/**
 * One client on `/ws/:instance`: subscribes it, keeps it alive, and lets go of it when it cannot keep up. There are
 * no client commands: what a client sends is read, so that its pings and its close arrive, and ignored.
 */
export function serveSocket(
  socket: WebSocket,
  ticket: Ticket,
  { hub, clock }: { hub: Hub; clock: Clock },
): void {
  let cancelPing = () => {};
  let cancelTimeout = () => {};

  const subscriber: Subscriber = {
    ...ticket,
    send(frame) {
      socket.send(frame, { binary: false });
      if (socket.bufferedAmount <= MAX_WAITING_BYTES) return;
      hub.remove(subscriber);
      subscriber.close(CLOSINGS.slowConsumer);
    },
    close({ code, reason }: Closing) {
      socket.close(code, reason);
      cancelTimeout();
      cancelTimeout = clock.after(CLOSE_GRACE_MS, () => socket.terminate());
    },
  };

  const ping = () => {
    socket.ping();
    cancelPing = clock.after(PING_MS, ping);
  };
  const alive = () => {
    cancelTimeout();
    cancelTimeout = clock.after(PONG_TIMEOUT_MS, () => socket.terminate());
  };
  socket.on('pong', () => {
    if (socket.readyState === socket.OPEN) alive();
  });
  socket.on('close', () => {
    cancelPing();
    cancelTimeout();
    hub.remove(subscriber);
  });
  alive();
  cancelPing = clock.after(PING_MS, ping);
  hub.add(subscriber);
}
