import { type KeyObject, randomBytes } from 'node:crypto';

/** What a connection that wants to be linked has shown about itself. */
export interface Candidate {
  noiseKey: Uint8Array;
  identity: Uint8Array;
  registrationId: number;
  signedPreKey: { id: number; key: Uint8Array; signature: Uint8Array };
  platform: string;
  /** It asks for the whole history. */
  fullHistory: boolean;
}

/** A companion waiting to be linked; the connection behind it plays the rest of the pairing. */
export interface PairingPort {
  readonly candidate: Candidate;
  /** Sends `pair-success` and settles when the companion's signature came back and was right. */
  offer(link: PairingOffer): Promise<void>;
  /** Sends the phone's half of a pairing-code exchange. */
  primaryHello(hello: PrimaryHello): void;
  /** Stops showing refs and asks the companion for an assertion; `offer` follows when the phone has the new secret. */
  requirePasskey(primary: PasskeyPrimary): void;
}

/** The phone's side of a passkey ceremony, as the server reaches it. */
export interface PasskeyPrimary {
  /** Passkeys of the account, as registered with the server, which moves their counters on. */
  readonly passkeys: { credentialId: Uint8Array; publicKey: KeyObject; signCount: number }[];
  /**
   * Takes `prologue_payload` behind a right assertion.
   * @param refs the refs that the companion got for it
   * @returns `primary_ephemeral_identity`; nothing when the phone goes no further
   */
  prologue(
    payload: Uint8Array,
    proof: Uint8Array | undefined,
    refs: ReadonlySet<string>,
  ): Uint8Array | undefined;
  nonce(nonce: Uint8Array): void;
  /** Takes `encrypted_pairing_request`. */
  request(bytes: Uint8Array): void;
  /** The server did not accept the assertion; the companion does not learn it. */
  refused(reason: string): void;
  /** The companion went away. */
  closed(): void;
}

/** The phone's answer to a scanned or typed code. */
export interface PairingOffer {
  /** Encoded ADVSignedDeviceIdentityHMAC. */
  sealedIdentity: Uint8Array;
  /** Checks the companion's signature and registers the device; false refuses it. */
  accept(signedIdentity: Uint8Array): boolean;
  jid: string;
  lid: string;
  keyIndex: number;
  businessName: string | undefined;
  platform: string;
}

export interface PrimaryHello {
  ref: Uint8Array;
  identity: Uint8Array;
  wrappedEphemeral: Uint8Array;
}

/** A companion that asked for a pairing code and waits until it is typed into the phone. */
export interface CodeRequest {
  ref: string;
  wrappedEphemeral: Uint8Array;
  port: PairingPort;
  /** Gives the companion's last message of the exchange to the phone; nothing when it went away. */
  finish: ((finish: CompanionFinish | undefined) => void) | undefined;
}

export interface CompanionFinish {
  wrappedBundle: Uint8Array;
  identity: Uint8Array;
}

/** Companions that wait to be linked, by QR ref and by phone number. */
export class Pairings {
  readonly #byRef = new Map<string, PairingPort>();
  readonly #byNumber = new Map<string, CodeRequest>();

  /** Makes fresh refs for a connection. */
  issue(port: PairingPort, count: number): string[] {
    return Array.from({ length: count }, () => {
      const ref = `2@${randomBytes(36).toString('base64')}`;
      this.#byRef.set(ref, port);
      return ref;
    });
  }

  byRef(ref: string): PairingPort | undefined {
    return this.#byRef.get(ref);
  }

  withdraw(refs: string[]): void {
    for (const ref of refs) this.#byRef.delete(ref);
  }

  /** The latest request for a number is the one that counts, as on a phone. */
  request(number: string, request: CodeRequest): void {
    this.#byNumber.set(number, request);
  }

  requestFor(number: string): CodeRequest | undefined {
    return this.#byNumber.get(number);
  }

  /** Forgets what a closed connection asked for. */
  forget(number: string, request: CodeRequest): void {
    if (this.#byNumber.get(number) === request) this.#byNumber.delete(number);
  }
}
