import { createHmac, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { proto } from 'baileys';
import { pino } from 'pino';
import { type WebSocket, WebSocketServer } from 'ws';
import type { SandboxEndpoint } from '../../gateway/src/testing/sandbox-environment.ts';
import { handoffKey } from '../../gateway/src/whatsapp/baileys/passkey/crypto.ts';
import { startMediaHost } from '../../whatsapp-sandbox/src/media/host.ts';
import { checkAssertion } from '../../whatsapp-sandbox/src/passkey/assertion-check.ts';
import { base64url, SoftwareAuthenticator } from '../../whatsapp-sandbox/src/passkey/authenticator.ts';
import {
  type CompanionPromise,
  codeOf,
  openPairingRequest,
  openPrologue,
  primaryIdentity,
  requestKey,
} from '../../whatsapp-sandbox/src/passkey/primary.ts';
import { readQr, scanQr, typeCode } from '../../whatsapp-sandbox/src/phones/companions/linking.ts';
import { Phones } from '../../whatsapp-sandbox/src/phones/directory.ts';
import { Connection, type StanzaSink } from '../../whatsapp-sandbox/src/server/connection/connection.ts';
import { shakeHands } from '../../whatsapp-sandbox/src/server/connection/handshake.ts';
import { CHAT_PATH } from '../../whatsapp-sandbox/src/server/connection/listener.ts';
import { ServerContext } from '../../whatsapp-sandbox/src/server/context.ts';
import { makeServerIdentity } from '../../whatsapp-sandbox/src/wire/certificate.ts';
import { generateKeyPair } from '../../whatsapp-sandbox/src/wire/keys.ts';
import type { Transport } from '../../whatsapp-sandbox/src/wire/noise.ts';
import { childBytes, child as named, type Stanza, stanza } from '../../whatsapp-sandbox/src/wire/stanza.ts';

const SERVER = 's.whatsapp.net';
/** In the place of a secret that only the phone knows; the proof that is made with it is not checked then. */
const NONE = new Uint8Array(32);

/** What server and phone know of a device that is to be linked. */
interface Scanned {
  noiseKey: Uint8Array;
  identity: Uint8Array;
  advSecret: Buffer | null;
}

const STEPS = [
  'passkey_request_options',
  'ref',
  'passkey_prologue',
  'companion_nonce',
  'encrypted_pairing_request',
];

/** The sandbox's WhatsApp whose accounts have one passkey; the test says when it is asked for. */
export async function startStagedWhatsApp() {
  const log = pino({ level: 'silent' });
  const identity = makeServerIdentity(Math.floor(Date.now() / 1000));
  const ctx = new ServerContext({ identity, log, clock: Date.now, refsTtlMs: 170_000 });
  const phones = new Phones(ctx);
  const passkey = SoftwareAuthenticator.make();
  const stages: Stage[] = [];
  const http = createServer();
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });
  http.on('upgrade', (request, socket, head) => {
    sockets.handleUpgrade(request, socket, head, (client) => {
      const connection = new StagedConnection(ctx, client, passkey);
      stages.push(connection.stage);
      shakeHands(ctx, connection);
    });
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const { port } = http.address() as AddressInfo;
  const media = await startMediaHost(ctx.media, { port: 0, now: Date.now(), log });
  const endpoint: SandboxEndpoint = {
    url: `ws://127.0.0.1:${port}${CHAT_PATH}`,
    rootKey: Buffer.from(identity.root.public).toString('hex'),
    mediaHost: ctx.media.host,
    mediaCa: media.ca,
    control: `http://127.0.0.1:${port}/control`,
  };
  return {
    endpoint,
    passkey,
    /** Of the newest connection. */
    stage: () => {
      const stage = stages.at(-1);
      if (!stage) throw new Error('no client has connected');
      return stage;
    },
    /** A new phone accepts the device that shows this QR and has this ADV secret. */
    accept: (qr: string, advSecret: Uint8Array) => {
      const [head, fields = ''] = qr.split('#');
      const [ref, noise, ident, , ...rest] = fields.split(',');
      const secret = Buffer.from(advSecret).toString('base64');
      return scanQr(
        phones.obtain({ name: 'Blue Store' }),
        `${head}#${[ref, noise, ident, secret, ...rest].join(',')}`,
      );
    },
    newNumber: () => phones.obtain({ name: 'Blue Store' }).account.number,
    /** The device that has asked for a code of this number; its ADV secret is the phone's alone. */
    candidate: (number: string) => {
      const request = ctx.pairings.requestFor(number);
      if (!request) throw new Error('nobody has asked for a code');
      const { noiseKey, identity } = request.port.candidate;
      return { noiseKey, identity, advSecret: null };
    },
    /** The phone with this number links the device whose code it is. */
    type: (number: string, code: string) => typeCode(phones.obtain({ number }), code),
    async close() {
      for (const client of sockets.clients) client.terminate();
      sockets.close();
      http.closeAllConnections();
      await new Promise<void>((resolve) => http.close(() => resolve()));
      await media.close();
      ctx.media.close();
    },
  };
}

/** A connection on which a stage handles what belongs to a passkey. */
class StagedConnection extends Connection {
  readonly stage: Stage;

  constructor(ctx: ServerContext, socket: WebSocket, passkey: SoftwareAuthenticator) {
    super(ctx, socket);
    this.stage = new Stage(this, passkey);
  }

  override send(node: Stanza): void {
    if (!this.stage.keeps(node)) super.send(node);
  }

  override establish(transport: Transport, sink: StanzaSink): void {
    super.establish(transport, (node) => {
      if (!this.stage.receive(node)) sink(node);
    });
  }
}

/** Server and phone during the passkey of one connection. */
export class Stage {
  /** Types of the notifications that the client has acknowledged. */
  readonly acked: string[] = [];
  /** Everything that is to be in no log, in bytes. */
  readonly secrets: Uint8Array[] = [];
  /** As the client sent it. */
  assertion: Uint8Array = new Uint8Array();
  /** How often the client asked for a pairing code. */
  hellos = 0;
  /** What the phone shows, once it knows the nonce. */
  code: string | null = null;
  /** The client's new ADV secret, once its pairing request came. */
  readonly advSecret: Promise<Uint8Array>;
  /** The step that is answered with an error. */
  failing: { step: string; code: number } | null = null;
  readonly #connection: Connection;
  readonly #passkey: SoftwareAuthenticator;
  readonly #challenge = { bytes: randomBytes(32), expiresAt: Date.now() + 600_000, used: false };
  readonly #primary = { ephemeral: generateKeyPair(), nonce: randomBytes(32) };
  readonly #settle: (advSecret: Uint8Array) => void;
  #scanned: Scanned | null = null;
  #pairSuccess: { kept(): void; node?: Stanza } | null = null;
  #promise: CompanionPromise | null = null;
  #ids = 0;

  constructor(connection: Connection, passkey: SoftwareAuthenticator) {
    this.#connection = connection;
    this.#passkey = passkey;
    const { promise, resolve } = Promise.withResolvers<Uint8Array>();
    this.advSecret = promise;
    this.#settle = resolve;
  }

  /** The phone has scanned this, and WhatsApp wants the passkey. */
  askForPasskey(qr: string): void {
    const scanned = readQr(qr);
    this.secrets.push(scanned.advSecret, handoffKey(scanned.advSecret));
    this.askForPasskeyOf(scanned);
  }

  /** WhatsApp wants the passkey of the account to which this device is to be linked. */
  askForPasskeyOf(scanned: Scanned): void {
    this.#scanned = scanned;
    const options = {
      challenge: base64url(this.#challenge.bytes),
      timeout: 600_000,
      rpId: 'whatsapp.com',
      allowCredentials: [],
      userVerification: 'required',
      extensions: { uvm: true },
    };
    const bytes = Buffer.from(JSON.stringify(options));
    this.notify('passkey_prologue_request', stanza('passkey_request_options', {}, bytes));
  }

  notify(type: string, content: Stanza): void {
    const attrs = { id: `n${++this.#ids}`, from: SERVER, type, t: String(Math.floor(Date.now() / 1000)) };
    this.#connection.send(stanza('notification', attrs, [content]));
  }

  /** Resolves when the phone has accepted the device; the device is not told yet. */
  holdPairSuccess(): Promise<void> {
    return new Promise((resolve) => {
      this.#pairSuccess = { kept: resolve };
    });
  }

  keeps(node: Stanza): boolean {
    if (!this.#pairSuccess || this.#pairSuccess.node || !named(node, 'pair-success')) return false;
    this.#pairSuccess.node = node;
    this.#pairSuccess.kept();
    return true;
  }

  /** Tells the device, under this secret. */
  releasePairSuccess(advSecret: Uint8Array): void {
    const node = this.#pairSuccess?.node;
    const identity = named(named(node, 'pair-success'), 'device-identity');
    if (!node || !identity) throw new Error('no phone has accepted the device');
    const sealed = proto.ADVSignedDeviceIdentityHMAC.decode(identity.content as Uint8Array);
    sealed.hmac = createHmac('sha256', advSecret)
      .update(sealed.details ?? '')
      .digest();
    identity.content = proto.ADVSignedDeviceIdentityHMAC.encode(sealed).finish();
    this.#connection.send(node);
  }

  cut(): void {
    this.#connection.cut();
  }

  /** True for what belongs to a passkey. */
  receive(node: Stanza): boolean {
    if (node.tag === 'ack' && node.attrs.class === 'notification') this.acked.push(node.attrs.type ?? '');
    if (named(node, 'link_code_companion_reg')?.attrs.stage === 'companion_hello') this.hellos += 1;
    const [child] = Array.isArray(node.content) ? node.content : [];
    if (node.tag !== 'iq' || node.attrs.xmlns !== 'md' || !child || !STEPS.includes(child.tag)) return false;
    const reply = { id: node.attrs.id ?? '', from: SERVER };
    if (this.failing?.step === child.tag) {
      const code = String(this.failing.code);
      const error = stanza('error', { code, text: 'not-acceptable' });
      this.#connection.send(stanza('iq', { ...reply, type: 'error' }, [error]));
      return true;
    }
    this.#connection.send(stanza('iq', { ...reply, type: 'result' }, this.#step(child)));
    if (child.tag === 'passkey_prologue') {
      const primary = stanza('primary_ephemeral_identity', {}, primaryIdentity(this.#primary));
      this.notify('crsc_continuation', primary);
    }
    return true;
  }

  #step(child: Stanza): Stanza[] {
    const scanned = this.#scanned;
    if (!scanned) throw new Error('nothing was scanned');
    if (child.tag === 'ref') return [stanza('ref', {}, Buffer.from('a-fresh-ref'))];
    if (child.tag === 'passkey_prologue') {
      const part = (tag: string) => childBytes(child, tag) ?? new Uint8Array();
      const [credentialId, assertion] = [part('credential_id'), part('webauthn_assertion')];
      this.secrets.push(assertion);
      this.assertion = assertion;
      const { registered } = this.#passkey;
      const verdict = checkAssertion({ credentialId, assertion }, this.#challenge, [registered], Date.now());
      if ('wrong' in verdict) throw new Error(verdict.wrong);
      this.#challenge.used = true;
      const proof = childBytes(child, 'pairing_handoff_proof');
      if (proof) this.secrets.push(proof);
      this.#promise = openPrologue(
        part('prologue_payload'),
        scanned.advSecret ? proof : undefined,
        scanned.advSecret ?? NONE,
      );
    }
    if (child.tag === 'companion_nonce' && this.#promise) {
      const nonce = child.content as Uint8Array;
      this.secrets.push(nonce);
      this.code = codeOf(this.#promise, nonce, this.#primary);
    }
    if (child.tag === 'encrypted_pairing_request' && this.#promise) {
      const { noiseKey, identity, advSecret } = scanned;
      const candidate = { noiseKey, identity, advSecret: advSecret ?? NONE };
      const secret = openPairingRequest(child.content as Uint8Array, this.#promise, this.#primary, candidate);
      this.secrets.push(secret, requestKey(this.#promise, this.#primary));
      this.#settle(secret);
    }
    return [];
  }
}
