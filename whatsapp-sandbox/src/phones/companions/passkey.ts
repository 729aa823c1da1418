import { randomBytes } from 'node:crypto';
import type { RegisteredPasskey, SoftwareAuthenticator } from '../../passkey/authenticator.ts';
import {
  type CompanionPromise,
  codeOf,
  openPairingRequest,
  openPrologue,
  PasskeyError,
  type PrimaryHalf,
  primaryIdentity,
} from '../../passkey/primary.ts';
import type { Candidate, PasskeyPrimary } from '../../server/model/pairings.ts';
import { generateKeyPair } from '../../wire/keys.ts';

/**
 * `requested`: the companion was asked for an assertion; `refused`: the server did not accept it and is silent;
 * `verified`: it did; `comparing`: the phone shows the code and waits for its user; `finishing`: the companion
 * gets its identity; `linked` and `failed` are the end.
 */
export type CeremonyStage =
  | 'requested'
  | 'refused'
  | 'verified'
  | 'comparing'
  | 'finishing'
  | 'linked'
  | 'failed';

/** The phone's side of linking one companion with a passkey. */
export class PasskeyCeremony implements PasskeyPrimary {
  readonly passkeys: RegisteredPasskey[];
  /** The companion's new ADV secret, once its request opened and, where codes are compared, the user agreed. */
  readonly secret: Promise<Uint8Array>;
  stage: CeremonyStage = 'requested';
  /** Why it was refused or failed. */
  reason: string | undefined;
  readonly #candidate: Candidate & { advSecret: Uint8Array };
  readonly #half: PrimaryHalf = { ephemeral: generateKeyPair(), nonce: randomBytes(32) };
  #promise: CompanionPromise | undefined;
  #code: string | undefined;
  #newSecret: Uint8Array | undefined;
  #agreed = false;
  #settle!: { resolve(secret: Uint8Array): void; reject(error: Error): void };

  /** @param advSecret the secret of the code that was scanned or typed */
  constructor(passkey: SoftwareAuthenticator, candidate: Candidate, advSecret: Uint8Array) {
    this.passkeys = [passkey.registered];
    this.#candidate = { ...candidate, advSecret };
    this.secret = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
  }

  /** The code that the phone shows now, `XXXX-XXXX`. */
  get code(): string | undefined {
    return this.stage === 'comparing' ? this.#code : undefined;
  }

  prologue(
    payload: Uint8Array,
    proof: Uint8Array | undefined,
    refs: ReadonlySet<string>,
  ): Uint8Array | undefined {
    return this.#attempt(() => {
      const promise = openPrologue(payload, proof, this.#candidate.advSecret);
      if (!refs.has(promise.ref)) throw new PasskeyError('the prologue names another ref');
      this.#promise = promise;
      this.#agreed = promise.known;
      this.stage = 'verified';
      return primaryIdentity(this.#half);
    });
  }

  nonce(nonce: Uint8Array): void {
    this.#attempt(() => {
      this.#code = codeOf(this.#promised, nonce, this.#half);
      this.stage = this.#agreed ? 'finishing' : 'comparing';
    });
  }

  request(bytes: Uint8Array): void {
    this.#attempt(() => {
      this.#newSecret = openPairingRequest(bytes, this.#promised, this.#half, this.#candidate);
      this.#finish();
    });
  }

  refused(reason: string): void {
    this.stage = 'refused';
    this.reason = reason;
  }

  closed(): void {
    this.#fail(new PasskeyError('the companion closed the connection'));
  }

  /** The user saw the same code on both screens. */
  confirm(): void {
    this.#agreed = true;
    this.stage = 'finishing';
    this.#finish();
  }

  /** The user did not. */
  deny(): void {
    this.#fail(new PasskeyError('the codes were not the same'));
  }

  /** Notes how the linking behind the ceremony ended; an error that no caller awaits ends here. */
  ended(error?: Error): void {
    this.stage = error ? 'failed' : 'linked';
    if (error) this.reason ??= error.message;
  }

  #finish(): void {
    if (this.#agreed && this.#newSecret) this.#settle.resolve(this.#newSecret);
  }

  get #promised(): CompanionPromise {
    if (!this.#promise) throw new PasskeyError('there was no prologue');
    return this.#promise;
  }

  #attempt<T>(step: () => T): T | undefined {
    if (this.stage === 'failed') return undefined;
    try {
      return step();
    } catch (error) {
      if (!(error instanceof PasskeyError)) throw error;
      this.#fail(error);
      return undefined;
    }
  }

  #fail(error: PasskeyError): void {
    if (this.stage === 'linked' || this.stage === 'failed') return;
    this.stage = 'failed';
    this.reason ??= error.message;
    this.#settle.reject(error);
  }
}
