import type { Failure } from '../../failure.ts';

/**
 * The stretch between two commands to an instance. A new one takes the turn: the socket of the one before closes, and
 * whatever the one before still has under way finds that it is no longer its turn.
 */
export interface Turn {
  /** The way to WhatsApp is open. */
  transport: PromiseWithResolvers<void>;
  /** The session is open. */
  open: PromiseWithResolvers<void>;
}

export function newTurn(): Turn {
  const turn = { transport: Promise.withResolvers<void>(), open: Promise.withResolvers<void>() };
  // Most turns have nobody who waits for these.
  turn.transport.promise.catch(() => {});
  turn.open.promise.catch(() => {});
  return turn;
}

/** Fails whoever waits for something of this turn. */
export function endTurn(turn: Turn, why: Failure | unknown): void {
  turn.transport.reject(why);
  turn.open.reject(why);
}
