import { createDecipheriv } from 'node:crypto';
import { type BinaryNode, proto } from 'baileys';
import { describe, expect, it } from 'vitest';
import { PasskeyRefused } from '../../passkey/port.ts';
import { credentialJson } from '../../passkey/testing/credential.ts';
import { CHALLENGE, children, fill, LinkingDevice, optionsNode, PRIMARY } from './testing/linking-device.ts';

const refusal = (reason: ConstructorParameters<typeof PasskeyRefused>[0]) => new PasskeyRefused(reason);
const bytesOf = (nodes: BinaryNode[], tag: string) =>
  nodes.find((node) => node.tag === tag)?.content as Buffer | undefined;

describe('linking by passkey', () => {
  it('goes from the request to the end without a question when the phone knows the device', async () => {
    const device = new LinkingDevice();
    await device.reach('revealed');
    expect(device.linking.view()).toMatchObject({ status: 'finishing', code: null, skipConfirmation: true });
    await device.answer();
    device.linking.paired();
    expect(device.linking.view()).toBeNull();
    expect(device.linking.running).toBe(false);
    expect(device.reports.at(-1)).toBe('over');
    const asked = device.queries.map(({ node }) => [node.attrs, children(node)[0]?.tag]);
    const iq = (type: string) => ({ to: '@s.whatsapp.net', xmlns: 'md', type });
    expect(asked).toEqual([
      [iq('get'), 'ref'],
      [iq('set'), 'passkey_prologue'],
      [iq('set'), 'companion_nonce'],
      [iq('set'), 'encrypted_pairing_request'],
    ]);
  });

  it('sends the published vectors', async () => {
    const device = new LinkingDevice();
    await device.reach('revealed');
    const [, prologue, nonce, request] = device.queries.map(({ node }) => children(node)[0]);
    const parts = children(prologue);
    expect(parts.map(({ tag }) => tag)).toEqual([
      'credential_id',
      'webauthn_assertion',
      'prologue_payload',
      'pairing_handoff_proof',
    ]);
    expect(bytesOf(parts, 'credential_id')).toEqual(fill(0x0c, 16));
    const assertion = JSON.parse(String(bytesOf(parts, 'webauthn_assertion')));
    expect(Object.keys(assertion)).toEqual(['id', 'rawId', 'type', 'response']);
    expect(bytesOf(parts, 'pairing_handoff_proof')?.toString('hex')).toBe(
      'd19e078ab3589f6d7b8f2cf140d28657c939184efe253ce3300cb7aeb2b293c7',
    );
    expect(nonce?.content).toEqual(fill(2));
    const { iv, encryptedPayload } = proto.EncryptedPairingRequest.decode(request?.content as Buffer);
    const key = Buffer.from('242c4b8cd6aeeed6e9f36d62604b2031bde024e51fc2fc896d5a970fedc0fdad', 'hex');
    const sealed = Buffer.from(encryptedPayload ?? []);
    const opening = createDecipheriv('aes-256-gcm', key, fill(5, 12)).setAuthTag(sealed.subarray(-16));
    expect(Buffer.from(iv ?? [])).toEqual(fill(5, 12));
    expect(proto.PairingRequest.decode(opening.update(sealed.subarray(0, -16)))).toMatchObject({
      companionPublicKey: fill(7),
      companionIdentityKey: fill(8),
      advSecret: fill(10),
    });
  });

  it('replaces the ADV secret with the request, and it stays replaced', async () => {
    const device = new LinkingDevice();
    device.requestPrologue();
    expect(device.advSecret).toEqual(fill(10));
    await device.answer();
    device.linking.cancel();
    expect(device.advSecret).toEqual(fill(10));
  });

  it('shows the options as received until an answer is accepted', async () => {
    const device = new LinkingDevice();
    const started = device.clock.time;
    device.requestPrologue({ timeout: 400_000, extensions: { uvm: true } });
    expect(device.linking.view()).toEqual({
      status: 'required',
      id: fill(15, 16).toString('base64url'),
      publicKey: { challenge: CHALLENGE, timeout: 400_000, rpId: 'whatsapp.com', extensions: { uvm: true } },
      expiresAt: started + 400_000,
      code: null,
      skipConfirmation: null,
    });
    device.respond();
    expect(device.linking.view()).toMatchObject({ status: 'verifying', publicKey: null });
  });

  it('asks for the options when the request brings none', async () => {
    const device = new LinkingDevice();
    device.notify('passkey_prologue_request');
    expect(device.linking.view()).toBeNull();
    expect(device.linking.running).toBe(true);
    expect(device.asked).toBe('passkey_request_options');
    await device.answer([optionsNode()]);
    expect(device.linking.view()?.status).toBe('required');
  });

  it('lets the user compare the code when the handoff came too late', async () => {
    const device = new LinkingDevice();
    await device.reachConfirmation();
    const prologue = children(children(device.queries[1]?.node)[0]);
    expect(bytesOf(prologue, 'pairing_handoff_proof')).toBeUndefined();
    expect(device.linking.view()).toMatchObject({
      status: 'confirmation',
      code: 'YD9J-DN9Q',
      skipConfirmation: false,
    });
    device.linking.confirm(device.id);
    expect(device.asked).toBe('encrypted_pairing_request');
    expect(device.linking.view()).toMatchObject({ status: 'finishing', code: null, skipConfirmation: false });
  });

  it('takes a continuation that is read before the answer to the prologue', async () => {
    const device = new LinkingDevice();
    await device.reach('proving');
    device.continue();
    expect(device.asked).toBe('passkey_prologue');
    await device.answer();
    expect(device.asked).toBe('companion_nonce');
  });

  it('uses the secret of the code that was scanned again after a refresh', async () => {
    const plain = new LinkingDevice();
    await plain.reach('proving');
    const device = new LinkingDevice();
    device.notify('companion_reg_refresh', [{ tag: 'pair-device-rotate-qr', attrs: {} }]);
    expect(device.reports).toEqual(['rescan']);
    expect(device.advSecret).toEqual(fill(10));
    await device.reach('proving');
    const proof = ({ queries }: LinkingDevice) =>
      bytesOf(children(children(queries.at(-1)?.node)[0]), 'pairing_handoff_proof');
    expect(proof(device)).toHaveLength(32);
    expect(proof(device)).not.toEqual(proof(plain));
  });
});

describe('two at once', () => {
  it('the second answer to a ceremony is refused, and the first goes on', async () => {
    const device = new LinkingDevice();
    await device.reach('asking_ref');
    expect(() => device.respond()).toThrow(refusal('none_waiting'));
    await device.answerRef();
    expect(device.queries).toHaveLength(2);
  });

  it('an answer to another ceremony is refused', () => {
    const device = new LinkingDevice();
    device.requestPrologue();
    expect(() => device.respond('another')).toThrow(refusal('another_running'));
    expect(() => device.linking.confirm('another')).toThrow(refusal('another_running'));
    expect(device.linking.view()?.status).toBe('required');
  });

  it('an answer without a ceremony is refused', () => {
    const device = new LinkingDevice();
    expect(() => device.respond('any')).toThrow(refusal('none_waiting'));
    device.linking.cancel();
    expect(device.reports).toEqual([]);
  });

  it('a confirmation is refused before there is a code, and the second one as well', async () => {
    const device = new LinkingDevice();
    device.requestPrologue();
    expect(() => device.linking.confirm(device.id)).toThrow(refusal('none_waiting'));
    const late = new LinkingDevice();
    await late.reachConfirmation();
    late.linking.confirm(late.id);
    expect(() => late.linking.confirm(late.id)).toThrow(refusal('none_waiting'));
    expect(late.queries).toHaveLength(4);
  });

  it('a second request keeps id, secret and handoff, and brings new options before an answer', async () => {
    const device = new LinkingDevice();
    device.requestPrologue();
    const { id } = device;
    const challenge = fill(11).toString('base64url');
    device.requestPrologue({ challenge });
    expect(device.linking.view()).toMatchObject({ id, publicKey: { challenge } });
    expect(device.advSecret).toEqual(fill(10));
    expect(() => device.respond()).toThrow('challenge is not that of this ceremony');
    device.linking.respond(id, credentialJson(challenge));
    await device.answerRef();
    const parts = children(children(device.queries.at(-1)?.node)[0]);
    expect(bytesOf(parts, 'pairing_handoff_proof')?.toString('hex')).toMatch(/^d19e078a/);
  });

  it('a second request asks for a new answer when the first one is not sent yet', async () => {
    const device = new LinkingDevice();
    await device.reach('asking_ref');
    device.requestPrologue();
    expect(device.linking.view()?.status).toBe('required');
    await device.answerRef();
    expect(device.queries).toHaveLength(1);
    device.respond();
    await device.answerRef();
    expect(device.asked).toBe('passkey_prologue');
  });

  it.each(['proving', 'awaiting_phone', 'revealing', 'revealed'] as const)(
    'a second request changes nothing at %s',
    async (step) => {
      const device = new LinkingDevice();
      await device.reach(step);
      const before = device.linking.view();
      device.requestPrologue({ challenge: fill(11).toString('base64url') });
      device.notify('companion_reg_refresh');
      expect(device.linking.view()).toEqual(before);
      expect(device.advSecret).toEqual(fill(10));
    },
  );

  it('a second request without readable options leaves the first ones', () => {
    const device = new LinkingDevice();
    device.requestPrologue();
    device.notify('passkey_prologue_request');
    device.requestPrologue({ rpId: 'example.com' });
    expect(device.linking.view()).toMatchObject({ status: 'required', publicKey: { rpId: 'whatsapp.com' } });
  });

  it('the first of two continuations counts', async () => {
    const device = new LinkingDevice();
    await device.reach('proving');
    device.continue();
    device.continue({ publicKey: fill(0), nonce: fill(0) });
    await device.answer();
    device.continue({ publicKey: fill(0), nonce: fill(0) });
    await device.answer();
    expect(device.asked).toBe('encrypted_pairing_request');
  });
});

describe('a wrong answer of the user', () => {
  it('leaves the ceremony alive', async () => {
    const device = new LinkingDevice();
    device.requestPrologue();
    const wrong = credentialJson(CHALLENGE, { origin: 'https://example.com' });
    expect(() => device.linking.respond(device.id, wrong)).toThrow('Invalid credential: origin');
    expect(device.linking.view()?.status).toBe('required');
    device.respond();
    expect(device.asked).toBe('ref');
  });
});

describe('what does not come from WhatsApp’s server', () => {
  it.each(['passkey_prologue_request', 'companion_reg_refresh'])('%s is passed over', (type) => {
    const device = new LinkingDevice();
    device.notify(type, [optionsNode()], '5511999999999@s.whatsapp.net');
    expect(device.linking.running).toBe(false);
    expect(device.advSecret).toEqual(fill(9));
  });

  it('crsc_continuation is passed over', async () => {
    const device = new LinkingDevice();
    await device.reach('awaiting_phone');
    const bytes = proto.PrimaryEphemeralIdentity.encode({ publicKey: PRIMARY.keys.public, nonce: fill(4) });
    const content = [{ tag: 'primary_ephemeral_identity', attrs: {}, content: bytes.finish() }];
    device.notify('crsc_continuation', content, '5511999999999@s.whatsapp.net');
    expect(device.asked).toBe('passkey_prologue');
  });
});
