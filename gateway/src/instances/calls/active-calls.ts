/** A call that we placed and that is to end by itself. */
export interface ActiveCall {
  instanceId: string;
  /** JID of the user whose devices ring. */
  to: string;
  /** Stops the timer that ends the call. */
  cancel(): void;
}

/** The calls that the gateway placed and that have not ended, by call id. */
export class ActiveCalls {
  readonly #calls = new Map<string, ActiveCall>();

  add(callId: string, call: ActiveCall): void {
    this.#calls.set(callId, call);
  }

  /** Takes a call out and stops its timer; undefined when it has ended before. */
  remove(callId: string): ActiveCall | undefined {
    const call = this.#calls.get(callId);
    call?.cancel();
    this.#calls.delete(callId);
    return call;
  }

  ids(): string[] {
    return [...this.#calls.keys()];
  }
}
