import { Boom } from '@hapi/boom';
import { type BinaryNode, DisconnectReason, proto } from 'baileys';
import { TestClock } from '../../../../testing/test-clock.ts';
import { credentialJson } from '../../../passkey/testing/credential.ts';
import { keyPairOf } from '../crypto.ts';
import { PasskeyLinking } from '../passkey-linking.ts';

export const CHALLENGE = Buffer.alloc(32, 6).toString('base64url');
export const fill = (byte: number, length = 32) => Buffer.alloc(length, byte);
/** The phone's half of the published vectors. */
export const PRIMARY = { keys: keyPairOf(fill(3)), nonce: fill(4) };
/** What the device draws, in order, so that its whole ceremony is that of the published vectors. */
const DRAWN = { advSecret: 10, id: 15, ephemeral: 1, nonce: 2, iv: 5 };

interface SentQuery {
  node: BinaryNode;
  resolve(answer: BinaryNode | undefined): void;
  reject(error: unknown): void;
}

/** A device that links by passkey; the test is the server, and moves the clock. */
export class LinkingDevice {
  readonly clock = new TestClock();
  readonly queries: SentQuery[] = [];
  /** What `onChange`, `onFailed` and `onRescan` were called with, in order. */
  readonly reports: string[] = [];
  /** Random bytes as they were handed out; secrets among them are overwritten later. */
  readonly drawn: Buffer[] = [];
  readonly linking: PasskeyLinking;
  advSecret: Buffer = fill(9);
  readonly #next = Object.values(DRAWN);

  constructor() {
    this.linking = new PasskeyLinking({
      companion: { noiseKey: fill(7), identityKey: fill(8), deviceType: 1 },
      query: (node) => {
        const { promise, resolve, reject } = Promise.withResolvers<BinaryNode | undefined>();
        this.queries.push({ node, resolve, reject });
        return promise;
      },
      advSecret: () => this.advSecret,
      setAdvSecret: (secret) => {
        this.advSecret = secret;
      },
      clock: this.clock,
      random: (bytes) => {
        const made = fill(this.#next.shift() ?? 100 + this.drawn.length, bytes);
        this.drawn.push(made);
        return made;
      },
      onChange: (view) => this.reports.push(view ? view.status : 'over'),
      onFailed: (reason, detail) => this.reports.push(`${reason}: ${detail}`),
      onRescan: () => this.reports.push('rescan'),
      onError: (error) => {
        throw error;
      },
    });
  }

  get id(): string {
    return this.linking.view()?.id ?? '';
  }

  /** Name of the last query's element. */
  get asked(): string | undefined {
    return children(this.queries.at(-1)?.node)[0]?.tag;
  }

  notify(type: string, content: BinaryNode[] = [], from = '@s.whatsapp.net'): void {
    this.linking.onNotification({ tag: 'notification', attrs: { id: '1', from, type }, content });
  }

  requestPrologue(changes: Record<string, unknown> = {}): void {
    this.notify('passkey_prologue_request', [optionsNode(changes)]);
  }

  respond(id = this.id): void {
    this.linking.respond(id, credentialJson(CHALLENGE));
  }

  continue(
    primary: proto.IPrimaryEphemeralIdentity = { publicKey: PRIMARY.keys.public, nonce: PRIMARY.nonce },
  ): void {
    const bytes = proto.PrimaryEphemeralIdentity.encode(primary).finish();
    this.notify('crsc_continuation', [{ tag: 'primary_ephemeral_identity', attrs: {}, content: bytes }]);
  }

  /** The server's result of the last query, or of another one. */
  async answer(content: BinaryNode[] = [], query = this.queries.at(-1)): Promise<void> {
    query?.resolve({ tag: 'iq', attrs: { type: 'result' }, content });
    await handled();
  }

  /** Nothing comes before the engine's deadline. */
  async leaveUnanswered(): Promise<void> {
    this.queries.at(-1)?.resolve(undefined);
    await handled();
  }

  async refuse(code: number): Promise<void> {
    this.queries.at(-1)?.reject(new Boom('not-acceptable', { data: code }));
    await handled();
  }

  async closeSocket(): Promise<void> {
    const error = new Boom('Connection Closed', { statusCode: DisconnectReason.connectionClosed });
    this.queries.at(-1)?.reject(error);
    await handled();
  }

  /** From the request up to and with the named step. */
  async reach(
    step: 'required' | 'asking_ref' | 'proving' | 'awaiting_phone' | 'revealing' | 'revealed',
  ): Promise<void> {
    this.requestPrologue();
    if (step === 'required') return;
    this.respond();
    if (step === 'asking_ref') return;
    await this.answerRef();
    if (step === 'proving') return;
    await this.answer();
    if (step === 'awaiting_phone') return;
    this.continue();
    if (step === 'revealing') return;
    await this.answer();
  }

  async answerRef(): Promise<void> {
    await this.answer([{ tag: 'ref', attrs: {}, content: Buffer.from('the-ref') }]);
  }

  /** As `revealed`, but so late that the handoff does not count: the code is to be compared. */
  async reachConfirmation(): Promise<void> {
    await this.reach('required');
    this.clock.advance(300_000);
    this.respond();
    await this.answerRef();
    await this.answer();
    this.continue();
    await this.answer();
  }
}

export function optionsNode(changes: Record<string, unknown> = {}): BinaryNode {
  const options = { challenge: CHALLENGE, timeout: 600_000, rpId: 'whatsapp.com', ...changes };
  return { tag: 'passkey_request_options', attrs: {}, content: Buffer.from(JSON.stringify(options)) };
}

export function children(node: BinaryNode | undefined): BinaryNode[] {
  return Array.isArray(node?.content) ? node.content : [];
}

/** Everything that an answered promise sets off in this process has happened. */
function handled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
