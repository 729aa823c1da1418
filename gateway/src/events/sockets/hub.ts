import type { Clock } from '../../clock.ts';
import type { Logger } from '../../telemetry/log.ts';

/** Why the gateway closes a socket: the contract's codes and texts. */
export const CLOSINGS = {
  tokenRevoked: { code: 1008, reason: 'Token revoked' },
  instanceDeleted: { code: 1008, reason: 'Instance deleted' },
  internalError: { code: 1011, reason: 'Internal error' },
  serviceRestart: { code: 1012, reason: 'Service restart' },
  slowConsumer: { code: 1013, reason: 'Slow consumer' },
  tooManySockets: { code: 1013, reason: 'Too many WebSocket connections' },
} as const;

export type Closing = (typeof CLOSINGS)[keyof typeof CLOSINGS];

/** An open socket, as the hub sees it. */
export interface Subscriber {
  readonly instanceId: string;
  readonly accountId: string;
  /** `account:<id>` or `instance:<id>`: whose token opened it. */
  readonly principal: string;
  /** Keyed hash of that token. */
  readonly tokenLookup: string;
  /** Whether that token still opens the instance. */
  stillValid(): Promise<boolean>;
  send(frame: Buffer): void;
  close(closing: Closing): void;
}

/** Open sockets of one instance. */
export const MAX_SOCKETS = 10;

/** How long a socket may outlive its token when this process does not know: another one revoked it, or its grace ended. */
const SWEEP_MS = 5_000;

export interface HubOptions {
  clock: Clock;
  log: Logger;
}

/** Hands events to the sockets that are open at that moment. Nothing is kept and nothing is sent again. */
export class Hub {
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #instances = new Map<string, Set<Subscriber>>();
  #closed = false;
  #cancelSweep: (() => void) | undefined;

  constructor({ clock, log }: HubOptions) {
    this.#clock = clock;
    this.#log = log;
  }

  /** Open sockets of an instance. */
  count(instanceId: string): number {
    return this.#instances.get(instanceId)?.size ?? 0;
  }

  hasRoom(instanceId: string): boolean {
    return this.count(instanceId) < MAX_SOCKETS;
  }

  /** Takes an open socket; the caller calls `remove` when it is closed. */
  add(subscriber: Subscriber): void {
    if (this.#closed || !this.hasRoom(subscriber.instanceId)) {
      subscriber.close(this.#closed ? CLOSINGS.serviceRestart : CLOSINGS.tooManySockets);
      return;
    }
    const sockets = this.#instances.get(subscriber.instanceId) ?? new Set();
    this.#instances.set(subscriber.instanceId, sockets.add(subscriber));
    this.#cancelSweep ??= this.#clock.after(SWEEP_MS, () => void this.#sweep());
  }

  remove(subscriber: Subscriber): void {
    const sockets = this.#instances.get(subscriber.instanceId);
    sockets?.delete(subscriber);
    if (sockets?.size === 0) this.#instances.delete(subscriber.instanceId);
  }

  /** Sends to the instance's sockets; without one, `frame` is not even called. */
  publish(instanceId: string, frame: () => string): void {
    const sockets = this.#instances.get(instanceId);
    if (!sockets) return;
    const bytes = Buffer.from(frame());
    for (const socket of sockets) socket.send(bytes);
  }

  /** A token of this principal ends at `at`, Unix milliseconds. One that ends later is found by the sweep. */
  tokenEnded(principal: string, tokenLookup: string, at: number): void {
    if (at > this.#clock.now()) return;
    this.#close(
      CLOSINGS.tokenRevoked,
      (socket) => socket.principal === principal && socket.tokenLookup === tokenLookup,
    );
  }

  accountSuspended(accountId: string): void {
    this.#close(CLOSINGS.tokenRevoked, (socket) => socket.accountId === accountId);
  }

  instanceDeleted(instanceId: string): void {
    this.#close(CLOSINGS.instanceDeleted, (socket) => socket.instanceId === instanceId);
  }

  /** Asks every client to come back, to another process or to the next one. */
  shutdown(): void {
    this.#closed = true;
    this.#cancelSweep?.();
    this.#close(CLOSINGS.serviceRestart, () => true);
  }

  #all(): Subscriber[] {
    return [...this.#instances.values()].flatMap((sockets) => [...sockets]);
  }

  #close(closing: Closing, matches: (socket: Subscriber) => boolean): void {
    for (const socket of this.#all().filter(matches)) {
      this.remove(socket);
      socket.close(closing);
    }
  }

  async #sweep(): Promise<void> {
    const asked = new Map<string, Promise<boolean>>();
    for (const socket of this.#all()) {
      const key = `${socket.principal} ${socket.tokenLookup}`;
      const answer = asked.get(key) ?? socket.stillValid();
      asked.set(key, answer);
      try {
        if (!(await answer)) this.#close(CLOSINGS.tokenRevoked, (candidate) => candidate === socket);
      } catch (error) {
        // Not a reason to cut off clients: the next sweep asks again.
        this.#log.warn({ err: error }, 'cannot check the token of an open socket');
      }
    }
    const goesOn = !this.#closed && this.#instances.size > 0;
    this.#cancelSweep = goesOn ? this.#clock.after(SWEEP_MS, () => void this.#sweep()) : undefined;
  }
}
