import { randomUUID } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Phone } from '@ryze/whatsapp-sandbox/client';
import { LineProgram, type WitnessEvent } from '../line-program.ts';
import type { WhatsmeowProgram } from './program.ts';
import { WhatsmeowStore } from './store.ts';

/** Kinds of files that the program uploads. */
export type UploadKind = 'image' | 'video' | 'audio' | 'document';

/** What it receives of a message; `message` is WhatsApp's protobuf message as protojson writes it. */
export interface WitnessedMessage {
  info: {
    id: string;
    chat: string;
    sender: string;
    isFromMe: boolean;
    isGroup: boolean;
    timestamp: number;
    pushName: string;
  };
  // biome-ignore lint/suspicious/noExplicitAny: tests read the fields of the kind that they expect
  message: any;
}

/** whatsmeow as a companion of one phone: a process, and what it keeps in its store between two of them. */
export class Whatsmeow {
  readonly store: WhatsmeowStore;
  readonly #program: WhatsmeowProgram;
  readonly #mediaCa: string;
  #process: LineProgram;

  private constructor(program: WhatsmeowProgram, mediaCa: string) {
    this.#program = program;
    this.#mediaCa = mediaCa;
    this.store = new WhatsmeowStore(join(program.folder, `${randomUUID()}.db`));
    this.#process = this.#spawn();
  }

  /** Starts a client that is not linked yet. `mediaCa`: the file with the certificate of the sandbox's media host. */
  static async start(program: WhatsmeowProgram, { mediaCa }: { mediaCa: string }): Promise<Whatsmeow> {
    const client = new Whatsmeow(program, mediaCa);
    await client.#init();
    return client;
  }

  /** Shows a QR code, which the phone scans; resolves when the new device has logged in. */
  async linkByQr(phone: Phone): Promise<void> {
    await this.call('getQRChannel');
    await this.call('connect');
    const { data } = await this.expect('qr', 'a QR code');
    await Promise.all([phone.scan(data.code), this.expect('connected', 'the log-in')]);
  }

  /** Shows a pairing code, which the phone's user types; resolves when the new device has logged in. */
  async linkByCode(phone: Phone): Promise<void> {
    await this.call('getQRChannel');
    await this.call('connect');
    await this.expect('qr', 'a QR code');
    const { code } = await this.call<{ code: string }>('pairCode', { phone: phone.number });
    await Promise.all([phone.typeLinkCode(code), this.expect('connected', 'the log-in')]);
  }

  /** Ends the process; what it stored stays. */
  stop(): Promise<void> {
    return this.#process.stop();
  }

  /** Begins again after `stop`, from its store; resolves when it has logged in. Events are counted from here. */
  async logInAgain(): Promise<void> {
    this.#process = this.#spawn();
    await this.#init();
    await this.call('connect');
    await this.expect('connected', 'the log-in');
  }

  call<Data>(cmd: string, args: object = {}): Promise<Data> {
    return this.#process.call(cmd, args);
  }

  events(name: string): WitnessEvent[] {
    return this.#process.events.all().filter(({ event }) => event === name);
  }

  /** The first event of a name that fits, past or future. */
  expect(
    name: string,
    what: string,
    fits: (data: WitnessEvent['data']) => boolean = () => true,
  ): Promise<WitnessEvent> {
    return this.#process.events.expect(what, ({ event, data }) => event === name && fits(data));
  }

  /** The first message that fits, past or future; an id says which one. */
  async message(fits: string | ((message: WitnessedMessage) => boolean)): Promise<WitnessedMessage> {
    const test = typeof fits === 'string' ? ({ info }: WitnessedMessage) => info.id === fits : fits;
    // A sender key comes beside the message, under its id, and is reported by itself.
    const shown = (data: WitnessedMessage) =>
      Object.keys(data.message ?? {}).some((field) => field !== 'senderKeyDistributionMessage');
    return (await this.expect('message', 'the message', (data) => test(data) && shown(data))).data;
  }

  /** The first `count` messages that fit, past or future. */
  async messages(count: number, fits: (message: WitnessedMessage) => boolean): Promise<WitnessedMessage[]> {
    const found = await this.#process.events.expectAll(
      `${count} messages`,
      ({ event, data }) => event === 'message' && fits(data),
      count,
    );
    return found.map(({ data }) => data);
  }

  /** Sends WhatsApp's protobuf message, written as protojson reads it; resolves with its id when it is acknowledged. */
  async send(jid: string, message: object): Promise<string> {
    return (await this.call<{ id: string }>('sendMessage', { jid, message })).id;
  }

  /** The clear file of a message. */
  async download({ message }: WitnessedMessage): Promise<Buffer> {
    // A video note is a video under another name, which the program's command does not know.
    const { ptvMessage } = message;
    const { path } = await this.call<{ path: string }>('downloadAny', {
      message: ptvMessage ? { videoMessage: ptvMessage } : message,
    });
    const file = await readFile(path);
    await rm(path);
    return file;
  }

  /** Encrypts and uploads a file; resolves with the fields that a message names it by. */
  async upload(file: Uint8Array, mediaType: UploadKind): Promise<Record<string, string | number>> {
    const path = join(this.#program.folder, randomUUID());
    await writeFile(path, file);
    const uploaded = await this.call<Record<string, string>>('uploadMedia', { path, mediaType });
    await rm(path);
    return {
      URL: uploaded.URL ?? '',
      directPath: uploaded.directPath ?? '',
      mediaKey: uploaded.mediaKey ?? '',
      fileSHA256: uploaded.fileSHA256 ?? '',
      fileEncSHA256: uploaded.fileEncSHA256 ?? '',
      fileLength: String(file.length),
    };
  }

  #init(): Promise<unknown> {
    return this.call('init', { store: `file:${this.store.file}` });
  }

  #spawn(): LineProgram {
    // The media host's certificate is the only one that it trusts; downloads are put beside its store.
    const env = { SSL_CERT_FILE: this.#mediaCa, TMPDIR: this.#program.folder };
    return LineProgram.start('whatsmeow', this.#program.file, [], env);
  }
}
