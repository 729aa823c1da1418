import { createHash, createHmac } from 'node:crypto';
import type { Clock } from '../../clock.ts';
import type { PasskeyFailure, PasskeyPort, PasskeyView } from '../../whatsapp/passkey/port.ts';

/** How a ceremony ended. */
export type PasskeyOutcome = 'linked' | PasskeyFailure;

/** One passkey ceremony of an instance. */
export interface Ceremony {
  instanceId: string;
  /** The user's side; after the end it refuses everything. */
  port: PasskeyPort;
  /** As it was last seen. */
  view: PasskeyView;
  /** Null while it runs. */
  outcome: PasskeyOutcome | null;
  /** Unix milliseconds. */
  endedAt: number;
}

/** For so long after its end a helper page can read how it ended. */
export const REMEMBERED_MS = 5 * 60_000;
const SECRET_BYTES = 32;

/**
 * The passkey ceremonies of this process, running ones and those that ended a short while ago. A ceremony does not
 * survive its connection, so nothing of this is stored.
 *
 * Each has a token that opens its helper page and nothing else. It is derived from a secret of this process, so that
 * only its hash is kept, and it can be shown again as long as the ceremony runs.
 */
export class PasskeyCeremonies {
  readonly #clock: Clock;
  readonly #secret: Buffer;
  readonly #ofInstance = new Map<string, Ceremony>();
  readonly #byHash = new Map<string, Ceremony>();

  constructor({ clock, random }: { clock: Clock; random: (bytes: number) => Buffer }) {
    this.#clock = clock;
    this.#secret = random(SECRET_BYTES);
  }

  /** A ceremony of this instance began or changed. */
  changed(instanceId: string, port: PasskeyPort): void {
    const view = port.view();
    if (!view) return;
    const known = this.#ofInstance.get(instanceId);
    if (known?.port === port && known.view.id === view.id) {
      known.view = view;
      return;
    }
    this.#forgetEnded();
    if (known) this.#end(known, 'passkey_cancelled');
    const ceremony: Ceremony = { instanceId, port, view, outcome: null, endedAt: 0 };
    this.#ofInstance.set(instanceId, ceremony);
    this.#byHash.set(hashOf(this.token(instanceId, view.id)), ceremony);
  }

  /** The ceremony of this instance is over; nothing happens when none runs. */
  ended(instanceId: string, outcome: PasskeyOutcome): void {
    const ceremony = this.#ofInstance.get(instanceId);
    if (ceremony) this.#end(ceremony, outcome);
  }

  /** The newest ceremony of an instance, ended ones included; null when it has none. */
  latest(instanceId: string): Ceremony | null {
    this.#forgetEnded();
    return this.#ofInstance.get(instanceId) ?? null;
  }

  /** `pk_` and 256 bits. */
  token(instanceId: string, ceremonyId: string): string {
    const mac = createHmac('sha256', this.#secret).update(`${instanceId} ${ceremonyId}`).digest('base64url');
    return `pk_${mac}`;
  }

  /** The ceremony that a token opens; null for a token that opens none. */
  byToken(token: string): Ceremony | null {
    this.#forgetEnded();
    return this.#byHash.get(hashOf(token)) ?? null;
  }

  #end(ceremony: Ceremony, outcome: PasskeyOutcome): void {
    if (ceremony.outcome !== null) return;
    ceremony.outcome = outcome;
    ceremony.endedAt = this.#clock.now();
  }

  #forgetEnded(): void {
    const now = this.#clock.now();
    for (const [hash, ceremony] of this.#byHash) {
      const { instanceId, outcome, endedAt } = ceremony;
      if (outcome === null || now - endedAt < REMEMBERED_MS) continue;
      this.#byHash.delete(hash);
      if (this.#ofInstance.get(instanceId) === ceremony) this.#ofInstance.delete(instanceId);
    }
  }
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}
