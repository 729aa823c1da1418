import { Group, Phone } from '@ryze/whatsapp-sandbox/client';
import type { SandboxEndpoint } from '../gateway/src/testing/sandbox-environment.ts';
import { startSandbox } from '../harness/processes.ts';
import { makeProgram, type WhatsmeowProgram } from './whatsmeow/program.ts';
import { Whatsmeow } from './whatsmeow/whatsmeow.ts';

/** whatsmeow, and the phone that it is linked to. */
export interface LinkedWitness {
  phone: Phone;
  client: Whatsmeow;
}

/** A sandbox as a process, its phones, and whatsmeow as companion of some of them. */
export class WitnessStage {
  readonly sandbox: SandboxEndpoint;
  readonly #program: WhatsmeowProgram;
  readonly #clients: Whatsmeow[] = [];
  readonly #stopSandbox: () => Promise<void>;
  #phones = 0;

  private constructor(sandbox: SandboxEndpoint, program: WhatsmeowProgram, stopSandbox: () => Promise<void>) {
    this.sandbox = sandbox;
    this.#program = program;
    this.#stopSandbox = stopSandbox;
  }

  /** With a sandbox of its own, which ends with it. */
  static async set(): Promise<WitnessStage> {
    const { info, stop } = await startSandbox();
    try {
      return new WitnessStage(info, await makeProgram(info), () => stop('SIGKILL'));
    } catch (error) {
      await stop('SIGKILL');
      throw error;
    }
  }

  /** On a sandbox that another stage started and ends. */
  static async on(sandbox: SandboxEndpoint): Promise<WitnessStage> {
    return new WitnessStage(sandbox, await makeProgram(sandbox), async () => {});
  }

  async close(): Promise<void> {
    for (const client of this.#clients) await client.stop();
    await this.#stopSandbox();
    await this.#program.remove();
  }

  newPhone(name: string, options: object = {}): Promise<Phone> {
    const number = `55118${String(90_000_000 + ++this.#phones)}`;
    return Phone.make(this.sandbox.control, number, name, options);
  }

  group(owner: Phone, subject: string, members: Phone[], options: object = {}): Promise<Group> {
    const numbers = members.map(({ number }) => number);
    return Group.make(this.sandbox.control, owner.number, subject, numbers, options);
  }

  /** A client that is not linked yet. */
  async client(): Promise<Whatsmeow> {
    const client = await Whatsmeow.start(this.#program, this.sandbox);
    this.#clients.push(client);
    return client;
  }

  /** A new phone with whatsmeow as its companion. */
  async link(name: string, options: object = {}): Promise<LinkedWitness> {
    const phone = await this.newPhone(name, options);
    const client = await this.client();
    await client.linkByQr(phone);
    return { phone, client };
  }

  /** What the control API says of a phone. */
  // biome-ignore lint/suspicious/noExplicitAny: tests read it field by field
  async profile(phone: Phone): Promise<any> {
    const answer = await fetch(`${this.sandbox.control}/phones`);
    const { phones } = (await answer.json()) as { phones: { number: string }[] };
    return phones.find(({ number }) => number === phone.number);
  }
}
