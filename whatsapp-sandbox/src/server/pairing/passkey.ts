import { randomBytes } from 'node:crypto';
import { checkAssertion, type IssuedChallenge } from '../../passkey/assertion-check.ts';
import { base64url, RP_ID } from '../../passkey/authenticator.ts';
import { SERVER_JID } from '../../wire/jid.ts';
import { bytesOf, child, childBytes, type Stanza, stanza } from '../../wire/stanza.ts';
import type { ServerWith } from '../context.ts';
import type { PasskeyPrimary } from '../model/pairings.ts';
import { StanzaError } from '../stanza-error.ts';

type Needs = ServerWith<'clock' | 'log' | 'nextId' | 'seconds'>;

const CHALLENGE_TTL_MS = 600_000;
const CHALLENGE_BYTES = 32;
const PROOF_BYTES = 32;
const MAX_REQUEST_BYTES = 1024;

/** How far the ceremony has come; every step is taken once. */
type Step = 'prologue' | 'silent' | 'nonce' | 'request' | 'done';

/** The server's side of a passkey ceremony, between the scanned code and `pair-success`. */
export class PasskeyStage {
  readonly #ctx: Needs;
  readonly #send: (node: Stanza) => void;
  readonly #primary: PasskeyPrimary;
  readonly #challenge: IssuedChallenge;
  readonly #options: Buffer;
  readonly #refs = new Set<string>();
  #step: Step = 'prologue';

  constructor(ctx: Needs, send: (node: Stanza) => void, primary: PasskeyPrimary) {
    this.#ctx = ctx;
    this.#send = send;
    this.#primary = primary;
    const bytes = randomBytes(CHALLENGE_BYTES);
    this.#challenge = { bytes, expiresAt: ctx.clock() + CHALLENGE_TTL_MS, used: false };
    const options = {
      challenge: base64url(bytes),
      timeout: CHALLENGE_TTL_MS,
      rpId: RP_ID,
      allowCredentials: [],
      userVerification: 'required',
      extensions: { uvm: true },
    };
    this.#options = Buffer.from(JSON.stringify(options));
  }

  /** `passkey_prologue_request`: the companion has to show an assertion before it is linked. */
  ask(): void {
    this.#notify('passkey_prologue_request', [stanza('passkey_request_options', {}, this.#options)]);
  }

  /** Answers a query of the ceremony; undefined when it is none of them. */
  handle(iq: Stanza): Stanza[] | undefined {
    if (iq.attrs.xmlns !== 'md') return undefined;
    if (iq.attrs.type === 'get') return this.#read(iq);
    const prologue = child(iq, 'passkey_prologue');
    if (prologue) return this.#takePrologue(prologue);
    const nonce = child(iq, 'companion_nonce');
    if (nonce) return this.#takeNonce(bytesOf(nonce));
    const request = child(iq, 'encrypted_pairing_request');
    if (request) return this.#takeRequest(bytesOf(request));
    return undefined;
  }

  closed(): void {
    this.#primary.closed();
  }

  #read(iq: Stanza): Stanza[] | undefined {
    if (child(iq, 'passkey_request_options')) return [stanza('passkey_request_options', {}, this.#options)];
    if (!child(iq, 'ref')) return undefined;
    const ref = `2@${randomBytes(36).toString('base64')}`;
    this.#refs.add(ref);
    return [stanza('ref', {}, Buffer.from(ref))];
  }

  /** An assertion that is wrong is answered like a right one; only nothing follows. */
  #takePrologue(node: Stanza): Stanza[] {
    const credentialId = childBytes(node, 'credential_id');
    const assertion = childBytes(node, 'webauthn_assertion');
    const payload = childBytes(node, 'prologue_payload');
    const proof = childBytes(node, 'pairing_handoff_proof');
    if (!credentialId || !assertion || !payload) throw new StanzaError(400, 'bad-request');
    if (proof && proof.length !== PROOF_BYTES) throw new StanzaError(400, 'bad-request');
    this.#expect('prologue');
    this.#step = 'silent';
    const submitted = { credentialId, assertion };
    const verdict = checkAssertion(submitted, this.#challenge, this.#primary.passkeys, this.#ctx.clock());
    this.#challenge.used = true;
    if ('wrong' in verdict) {
      this.#refuse(verdict.wrong);
      return [];
    }
    verdict.passkey.signCount = verdict.signCount;
    const identity = this.#primary.prologue(payload, proof, this.#refs);
    if (identity) this.#continue(identity);
    return [];
  }

  /** The phone's half comes behind the result. */
  #continue(identity: Uint8Array): void {
    this.#step = 'nonce';
    setImmediate(() => {
      this.#notify('crsc_continuation', [stanza('primary_ephemeral_identity', {}, identity)]);
    });
  }

  #takeNonce(nonce: Uint8Array | undefined): Stanza[] {
    if (nonce?.length !== 32) throw new StanzaError(400, 'bad-request');
    this.#expect('nonce');
    this.#step = 'request';
    this.#primary.nonce(nonce);
    return [];
  }

  #takeRequest(request: Uint8Array | undefined): Stanza[] {
    if (!request || request.length > MAX_REQUEST_BYTES) throw new StanzaError(400, 'bad-request');
    this.#expect('request');
    this.#step = 'done';
    this.#primary.request(request);
    return [];
  }

  #expect(step: Step): void {
    if (this.#step !== step) throw new StanzaError(400, 'bad-request');
  }

  #refuse(reason: string): void {
    this.#ctx.log.info({ reason }, 'assertion refused');
    this.#primary.refused(reason);
  }

  #notify(type: string, content: Stanza[]): void {
    const attrs = { id: this.#ctx.nextId(), from: SERVER_JID, type, t: String(this.#ctx.seconds()) };
    this.#send(stanza('notification', attrs, content));
  }
}
