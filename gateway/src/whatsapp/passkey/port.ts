/** What a ceremony waits for. */
export type PasskeyStatus = 'required' | 'verifying' | 'confirmation' | 'finishing';

/** Why a ceremony failed; reasons of `pair_error` in `instance.state`. */
export type PasskeyFailure =
  | 'passkey_timeout'
  | 'passkey_no_answer'
  | 'passkey_rejected'
  | 'passkey_cancelled'
  | 'passkey_connection_lost';

/** A running ceremony as clients see it; it holds nothing secret. */
export interface PasskeyView {
  status: PasskeyStatus;
  id: string;
  /** The options to sign, as received; null once a response was accepted. */
  publicKey: Record<string, unknown> | null;
  /** Unix milliseconds at which the present status ends the ceremony. */
  expiresAt: number;
  /** `XXXX-XXXX`, to be compared with the phone; null when there is nothing to compare. */
  code: string | null;
  /** Whether the phone knows the device already, so that no code has to be compared; null before that is known. */
  skipConfirmation: boolean | null;
}

/** Why an answer of the user was not taken. The ceremony, if there is one, goes on. */
export type PasskeyRefusal = 'none_waiting' | 'another_running' | 'expired';

export class PasskeyRefused extends Error {
  override name = 'PasskeyRefused';
  readonly reason: PasskeyRefusal;

  constructor(reason: PasskeyRefusal) {
    super(reason);
    this.reason = reason;
  }
}

/** The user's side of the passkey ceremony of one connection that links a device. */
export interface PasskeyPort {
  /** The ceremony that runs, if one does. */
  view(): PasskeyView | null;
  /**
   * Takes the browser's assertion; its outcome comes as a change of the view.
   * Throws `PasskeyRefused` or `InvalidCredential`; after the latter another response can follow.
   */
  respond(id: string, credential: unknown): void;
  /** The user saw the same code on the phone. Throws `PasskeyRefused`. */
  confirm(id: string): void;
  /** Ends the ceremony as failed; nothing happens when none runs. */
  cancel(): void;
}
