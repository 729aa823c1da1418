import { randomBytes } from 'node:crypto';
import type { BinaryNode } from 'baileys';
import { describe, expect, it } from 'vitest';
import { TestClock } from '../../gateway/src/testing/test-clock.ts';
import { PasskeyLinking } from '../../gateway/src/whatsapp/baileys/passkey/passkey-linking.ts';
import { checkAssertion } from '../../whatsapp-sandbox/src/passkey/assertion-check.ts';
import { base64url, SoftwareAuthenticator } from '../../whatsapp-sandbox/src/passkey/authenticator.ts';
import {
  type CompanionPromise,
  codeOf,
  openPairingRequest,
  openPrologue,
  primaryIdentity,
} from '../../whatsapp-sandbox/src/passkey/primary.ts';
import { generateKeyPair } from '../../whatsapp-sandbox/src/wire/keys.ts';
import { childBytes, type Stanza, stanza } from '../../whatsapp-sandbox/src/wire/stanza.ts';

const HANDOFF_MS = 300_000;
const REF = randomBytes(16).toString('base64url');

/** The gateway's device, and the sandbox's server and phone, joined by calls in the place of a socket. */
class Ceremony {
  readonly clock = new TestClock();
  readonly passkey = SoftwareAuthenticator.make();
  readonly scannedSecret = randomBytes(32);
  readonly failures: string[] = [];
  readonly linking: PasskeyLinking;
  advSecret: Uint8Array = this.scannedSecret;
  /** What the phone made of it. */
  code: string | undefined;
  received: Uint8Array | undefined;
  promise: CompanionPromise | undefined;
  readonly #challenge = { bytes: randomBytes(32), expiresAt: this.clock.time + 600_000, used: false };
  readonly #primary = { ephemeral: generateKeyPair(), nonce: randomBytes(32) };
  readonly #companion = {
    noiseKey: generateKeyPair().public,
    identityKey: generateKeyPair().public,
    deviceType: 1,
  };

  constructor() {
    this.linking = new PasskeyLinking({
      companion: this.#companion,
      query: async (iq) => stanza('iq', { type: 'result' }, this.#answer(childOf(iq))),
      advSecret: () => this.advSecret,
      setAdvSecret: (secret) => {
        this.advSecret = secret;
      },
      clock: this.clock,
      random: (bytes) => randomBytes(bytes),
      onChange: () => {},
      onFailed: (reason, detail) => this.failures.push(`${reason}: ${detail}`),
      onRescan: () => {},
      onError: (error) => this.failures.push(String(error)),
    });
  }

  request(): void {
    const options = { challenge: base64url(this.#challenge.bytes), rpId: 'whatsapp.com' };
    this.#notify('passkey_prologue_request', 'passkey_request_options', Buffer.from(JSON.stringify(options)));
  }

  respond(): void {
    const { id, publicKey } = this.linking.view() ?? {};
    this.linking.respond(id ?? '', this.passkey.assert({ challenge: String(publicKey?.challenge) }));
  }

  #notify(type: string, tag: string, bytes: Uint8Array): void {
    this.linking.onNotification(
      stanza('notification', { from: '@s.whatsapp.net', id: '1', type }, [stanza(tag, {}, bytes)]),
    );
  }

  #answer(node: Stanza): Stanza[] {
    const content = node.content as Uint8Array;
    switch (node.tag) {
      case 'ref':
        return [stanza('ref', {}, Buffer.from(REF))];
      case 'passkey_prologue':
        this.#prologue(node);
        return [];
      case 'companion_nonce':
        this.code = codeOf(present(this.promise), content, this.#primary);
        return [];
      case 'encrypted_pairing_request': {
        const { noiseKey, identityKey: identity } = this.#companion;
        const candidate = { noiseKey, identity, advSecret: this.scannedSecret };
        this.received = openPairingRequest(content, present(this.promise), this.#primary, candidate);
        return [];
      }
    }
    throw new Error(`unknown query ${node.tag}`);
  }

  #prologue(node: Stanza): void {
    const submitted = {
      credentialId: present(childBytes(node, 'credential_id')),
      assertion: present(childBytes(node, 'webauthn_assertion')),
    };
    const verdict = checkAssertion(submitted, this.#challenge, [this.passkey.registered], this.clock.time);
    expect(verdict).toMatchObject({ signCount: 0 });
    const proof = childBytes(node, 'pairing_handoff_proof');
    this.promise = openPrologue(present(childBytes(node, 'prologue_payload')), proof, this.scannedSecret);
    this.#notify('crsc_continuation', 'primary_ephemeral_identity', primaryIdentity(this.#primary));
  }
}

describe("the gateway's side of the passkey ceremony and the sandbox's, written apart, agree", () => {
  it('when the device proves which code was scanned', async () => {
    const ceremony = new Ceremony();
    ceremony.request();
    ceremony.respond();
    await expect.poll(() => ceremony.received).toBeDefined();
    expect(ceremony.failures).toEqual([]);
    expect(ceremony.promise).toMatchObject({ known: true, ref: REF, deviceType: 1 });
    expect(Buffer.from(present(ceremony.received))).toEqual(Buffer.from(ceremony.advSecret));
    expect(ceremony.linking.view()).toMatchObject({ status: 'finishing', skipConfirmation: true });
  });

  it('when it is too late for that, on the code that both show', async () => {
    const ceremony = new Ceremony();
    ceremony.request();
    ceremony.clock.advance(HANDOFF_MS);
    ceremony.respond();
    await expect.poll(() => ceremony.linking.view()?.status).toBe('confirmation');
    const { id, code } = present(ceremony.linking.view() ?? undefined);
    expect(code).toBe(ceremony.code);
    expect(ceremony.promise?.known).toBe(false);
    expect(ceremony.received).toBeUndefined();
    ceremony.linking.confirm(id);
    await expect.poll(() => ceremony.received).toBeDefined();
    expect(Buffer.from(present(ceremony.received))).toEqual(Buffer.from(ceremony.advSecret));
    expect(ceremony.failures).toEqual([]);
  });
});

function childOf(iq: BinaryNode): Stanza {
  const [node] = Array.isArray(iq.content) ? iq.content : [];
  return present(node);
}

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('something is missing');
  return value;
}
