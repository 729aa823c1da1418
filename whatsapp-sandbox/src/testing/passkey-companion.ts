import { createCipheriv, createHash, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { type BinaryNode, bytesToCrockford, proto } from 'baileys';
import type { AssertionJson } from '../passkey/authenticator.ts';
import { agree, generateKeyPair } from '../wire/keys.ts';
import { childBytes, type Stanza, stanza } from '../wire/stanza.ts';
import type { TestClient } from './client.ts';

const DEVICE_TYPE = 1;

/** What the companion does with the assertion of the phone's passkey. */
export interface Prologue {
  assertion: AssertionJson;
  /** Whether it proves that it showed the code that was scanned. */
  handoff: boolean;
}

/** Plays the companion's side of a passkey ceremony over a stock socket, which does not know it. */
export class PasskeyCompanion {
  readonly client: TestClient;
  readonly notifications: BinaryNode[] = [];
  readonly #ephemeral = generateKeyPair();
  readonly #nonce = randomBytes(32);
  #oldSecret: Buffer;
  #ref = '';

  /** Made once the QR or pairing code is shown; the secret is replaced when the ceremony begins. */
  constructor(client: TestClient) {
    this.client = client;
    this.#oldSecret = Buffer.from(client.account.creds.advSecretKey, 'base64');
    for (const type of ['passkey_prologue_request', 'crsc_continuation', 'companion_reg_refresh']) {
      client.socket.ws.on(`CB:notification,type:${type}`, (node: BinaryNode) => {
        this.notifications.push(node);
        client.wake();
      });
    }
  }

  /** Takes the secret that a typed code has agreed on as the one of the shown code. */
  takeSecret(): void {
    this.#oldSecret = Buffer.from(this.client.socket.authState.creds.advSecretKey, 'base64');
  }

  notified(type: string, times = 1): Promise<Stanza> {
    return this.client.until(
      type,
      () => this.notifications.filter((each) => each.attrs.type === type)[times - 1],
    );
  }

  /** The options of the request, parsed. */
  async options(): Promise<{ challenge: string; timeout: number; rpId: string; userVerification: string }> {
    const node = await this.notified('passkey_prologue_request');
    return JSON.parse(Buffer.from(childBytes(node, 'passkey_request_options') ?? []).toString());
  }

  query(type: 'get' | 'set', content: Stanza): Promise<Stanza> {
    const attrs = { to: '@s.whatsapp.net', type, xmlns: 'md' };
    return this.client.socket.query({ tag: 'iq', attrs, content: [content] });
  }

  /** `get ref` and `set passkey_prologue`. */
  async sendPrologue({ assertion, handoff }: Prologue): Promise<void> {
    const answer = await this.query('get', stanza('ref'));
    this.#ref = Buffer.from(childBytes(answer, 'ref') ?? []).toString();
    const identity = proto.CompanionEphemeralIdentity.encode({
      publicKey: this.#ephemeral.public,
      deviceType: DEVICE_TYPE,
      ref: this.#ref,
    }).finish();
    const hash = createHash('sha256').update(identity).update(this.#nonce).digest();
    const payload = proto.ProloguePayload.encode({
      companionEphemeralIdentity: identity,
      commitment: { hash },
    }).finish();
    const key = new Uint8Array(hkdfSync('sha256', this.#oldSecret, '', 'shortcake-passkey-handoff-v1', 32));
    const proof = createHmac('sha256', key).update(payload).digest();
    const fields = [
      stanza('credential_id', {}, Buffer.from(assertion.rawId, 'base64url')),
      stanza('webauthn_assertion', {}, Buffer.from(JSON.stringify(assertion))),
      stanza('prologue_payload', {}, payload),
      ...(handoff ? [stanza('pairing_handoff_proof', {}, proof)] : []),
    ];
    await this.query('set', stanza('passkey_prologue', {}, fields));
  }

  /** Shows the nonce and returns the code to compare and the phone's public key. */
  async sendNonce(): Promise<{ code: string; primary: Uint8Array }> {
    const node = await this.notified('crsc_continuation');
    const bytes = childBytes(node, 'primary_ephemeral_identity') ?? new Uint8Array();
    const { publicKey, nonce } = proto.PrimaryEphemeralIdentity.decode(bytes);
    if (publicKey?.length !== 32 || nonce?.length !== 32) throw new Error('the half of the phone is wrong');
    await this.query('set', stanza('companion_nonce', {}, this.#nonce));
    const mask = createHash('sha256').update(this.#nonce).update(publicKey).digest();
    const code = bytesToCrockford(Buffer.from(nonce.subarray(0, 5).map((byte, i) => byte ^ (mask[i] ?? 0))));
    return { code: `${code.slice(0, 4)}-${code.slice(4)}`, primary: publicKey };
  }

  /** `set encrypted_pairing_request` with a new ADV secret. */
  async sendRequest(primary: Uint8Array): Promise<void> {
    const { creds } = this.client.account;
    const secret = this.rotate();
    const salt = `Companion Pairing ${DEVICE_TYPE} with ref ${this.#ref}`;
    const shared = agree(this.#ephemeral.private, primary);
    const info = 'Pairing Information Encryption Key';
    const key = new Uint8Array(hkdfSync('sha256', shared, salt, info, 32));
    const iv = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', key, iv);
    const request = proto.PairingRequest.encode({
      companionPublicKey: creds.noiseKey.public,
      companionIdentityKey: creds.signedIdentityKey.public,
      advSecret: secret,
    }).finish();
    const encryptedPayload = Buffer.concat([cipher.update(request), cipher.final(), cipher.getAuthTag()]);
    const bytes = proto.EncryptedPairingRequest.encode({ encryptedPayload, iv }).finish();
    await this.query('set', stanza('encrypted_pairing_request', {}, bytes));
  }

  /** Replaces the ADV secret by a fresh one. */
  rotate(): Buffer {
    const secret = randomBytes(32);
    // The engine reads the secret here when `pair-success` comes.
    this.client.account.creds.advSecretKey = secret.toString('base64');
    this.client.socket.authState.creds.advSecretKey = this.client.account.creds.advSecretKey;
    return secret;
  }
}
