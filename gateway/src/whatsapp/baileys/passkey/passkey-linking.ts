import type { BinaryNode } from 'baileys';
import type { Clock } from '../../../clock.ts';
import { checkCredential } from '../../passkey/credential.ts';
import {
  type PasskeyFailure,
  type PasskeyPort,
  PasskeyRefused,
  type PasskeyView,
} from '../../passkey/port.ts';
import { queryFailure } from '../query-failure.ts';
import { step } from './ceremony.ts';
import {
  type Answer,
  type CeremonyState,
  type Companion,
  deadlineOf,
  type Effect,
  type Input,
  isRunning,
  refusalOf,
  viewOf,
} from './ceremony-state.ts';
import { KEY_BYTES } from './crypto.ts';
import { childBytes, isFromServer } from './stanzas.ts';

export interface PasskeyLinkingOptions {
  companion: Companion;
  /** Sends an IQ; undefined after the engine's deadline, a throw for an error and for a closed socket. */
  query(node: BinaryNode): Promise<BinaryNode | undefined>;
  /** The secret of the code that is shown, 32 bytes. */
  advSecret(): Uint8Array;
  /** Takes its place: the next code is drawn with it, and `pair-success` is checked by it. */
  setAdvSecret(secret: Buffer): void;
  clock: Clock;
  random(bytes: number): Buffer;
  /** The view changed; null when the ceremony is over. */
  onChange(view: PasskeyView | null): void;
  /** The connection is of no use any more. `detail` holds nothing secret and is for the log. */
  onFailed(reason: PasskeyFailure, detail: string): void;
  /** The code is to be shown again, with the new secret, because WhatsApp wants it scanned once more. */
  onRescan(): void;
  /** A defect: a callback of these threw while an answer was handled. */
  onError(error: unknown): void;
}

/** Types of the notifications that linking by passkey needs; the engine acknowledges all three by itself. */
export const PASSKEY_NOTIFICATIONS = [
  'passkey_prologue_request',
  'crsc_continuation',
  'companion_reg_refresh',
] as const;

/** Drives the passkey ceremony of one connection: carries out what `ceremony.ts` decides. */
export class PasskeyLinking implements PasskeyPort {
  readonly #options: PasskeyLinkingOptions;
  #state: CeremonyState = { step: 'idle' };
  #cancelDeadline: () => void = () => {};

  constructor(options: PasskeyLinkingOptions) {
    this.#options = options;
  }

  /** Whether codes stay as they are: the phone works on the one that it scanned. */
  get running(): boolean {
    return isRunning(this.#state);
  }

  view(): PasskeyView | null {
    return viewOf(this.#state);
  }

  respond(id: string, credential: unknown): void {
    this.#admit(id, 'required');
    if (this.#state.step !== 'required') return;
    this.#step({ kind: 'respond', credential: checkCredential(credential, this.#state.options) });
  }

  confirm(id: string): void {
    this.#admit(id, 'confirmation');
    this.#step({ kind: 'confirm' });
  }

  cancel(): void {
    this.#step({ kind: 'cancel' });
  }

  /** A notification of one of `PASSKEY_NOTIFICATIONS`; what does not come from WhatsApp's server is passed over. */
  onNotification(node: BinaryNode): void {
    if (!isFromServer(node)) return;
    const { type } = node.attrs;
    if (type === 'passkey_prologue_request') {
      const options = childBytes(node, 'passkey_request_options');
      this.#step({ kind: 'prologue_request', options, advSecret: this.#options.advSecret() });
    } else if (type === 'crsc_continuation') {
      this.#step({ kind: 'continuation', primary: childBytes(node, 'primary_ephemeral_identity') });
    } else if (type === 'companion_reg_refresh') {
      this.#rescan();
    }
  }

  /** `pair-success` was accepted. */
  paired(): void {
    this.#step({ kind: 'paired' });
  }

  /** The socket is gone; a ceremony does not survive that. */
  ended(): void {
    this.#step({ kind: 'connection_lost' });
  }

  /** During a ceremony no code is shown that could be scanned, and its request carries the secret that it made. */
  #rescan(): void {
    if (this.running) return;
    this.#options.setAdvSecret(this.#options.random(KEY_BYTES));
    this.#options.onRescan();
  }

  #admit(id: string, wanted: 'required' | 'confirmation'): void {
    const refusal = refusalOf(this.#state, id, wanted, this.#options.clock.now());
    if (refusal) throw new PasskeyRefused(refusal);
  }

  #step(input: Input): void {
    const { companion, clock, random, onChange, onFailed } = this.#options;
    const before = this.#state;
    const { state, effects } = step(before, input, { companion, now: clock.now(), random });
    this.#state = state;
    this.#setDeadline();
    for (const effect of effects) this.#perform(effect);
    if (state !== before && !sameView(viewOf(before), viewOf(state))) onChange(viewOf(state));
    if (state.step === 'failed' && before.step !== 'failed') onFailed(state.reason, state.detail);
  }

  #perform(effect: Effect): void {
    const { setAdvSecret, onError } = this.#options;
    if (effect.kind === 'set_adv_secret') setAdvSecret(effect.secret);
    // No caller awaits it: what is thrown in there would end the process with all its instances.
    else this.#ask(effect.asked, effect.node).catch(onError);
  }

  async #ask(asked: number, node: BinaryNode): Promise<void> {
    const answer = await this.#answerTo(node);
    if (answer) this.#step({ kind: 'answered', asked, answer });
    else this.ended();
  }

  /** Null when the socket is gone. */
  async #answerTo(node: BinaryNode): Promise<Answer | null> {
    try {
      const result = await this.#options.query(node);
      return result ? { result } : { failed: 'timed_out' };
    } catch (error) {
      const { reason } = queryFailure(error);
      if (reason.kind === 'not_connected') return null;
      return { failed: reason.kind === 'refused' ? `code ${reason.code}` : reason.kind };
    }
  }

  #setDeadline(): void {
    this.#cancelDeadline();
    const at = deadlineOf(this.#state);
    if (at === null) return;
    const { clock } = this.#options;
    this.#cancelDeadline = clock.after(at - clock.now(), () => this.#step({ kind: 'deadline' }));
  }
}

function sameView(a: PasskeyView | null, b: PasskeyView | null): boolean {
  if (!a || !b) return a === b;
  return a.status === b.status && a.expiresAt === b.expiresAt && a.publicKey === b.publicKey;
}
