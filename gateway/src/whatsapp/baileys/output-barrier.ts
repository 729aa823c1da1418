/** The one method through which `ws` sends. */
export interface Sending {
  send(data: Uint8Array, callback?: (error?: Error) => void): void;
}

/**
 * Holds frames back until the state that they reveal is durable, in their order. Baileys announces new credentials by
 * an event and sends on at once; pre-keys that left before their counter was stored would be made again after a crash,
 * over the ones that the server hands out.
 */
export class OutputBarrier {
  #held: Promise<unknown> = Promise.resolve();
  #holding = 0;

  /** Nothing leaves before `durable` has settled. It must not reject without ending the connection. */
  hold(durable: Promise<unknown>): void {
    this.#holding++;
    this.#held = Promise.allSettled([this.#held, durable]).then(() => {
      this.#holding--;
    });
  }

  /** Puts the barrier in front of a socket. */
  guard(socket: Sending): void {
    const send = socket.send.bind(socket);
    socket.send = (data, callback) => {
      if (this.#holding === 0) return send(data, callback);
      // A frame behind a held one waits too: the stream's cipher counts frames.
      this.hold(this.#held.then(() => send(data, callback)));
    };
  }
}
