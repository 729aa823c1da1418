import type { UserFacingSocketConfig } from 'baileys';
import { type Sandbox, type SandboxOptions, startSandbox } from '../index.ts';
import type { InboxEntry } from '../phones/messages/inbox.ts';
import { atEnd } from './at-end.ts';
import { makeAccount, type TestAccount, TestClient } from './client.ts';

/** Ends what hangs; a busy machine may need long. */
const DEADLINE_MS = 120_000;

/** A sandbox of one test, its control API, and stock clients linked to its phones. */
export class TestSandbox {
  readonly sandbox: Sandbox;
  readonly #clients: TestClient[] = [];

  constructor(sandbox: Sandbox) {
    this.sandbox = sandbox;
  }

  async get(path: string): Promise<Json> {
    return (await this.call('GET', path)).body;
  }

  async post(path: string, body: object = {}): Promise<Json> {
    const answer = await this.call('POST', path, body);
    if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  async call(method: string, path: string, body?: unknown): Promise<{ status: number; body: Json }> {
    const init = body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) };
    const response = await fetch(`${this.sandbox.info.control}${path}`, { method, ...init });
    return { status: response.status, body: await response.json() };
  }

  /** Makes phones with the given numbers. */
  async phones(...numbers: string[]): Promise<void> {
    for (const number of numbers) await this.post('/phones', { number });
  }

  /** Opens a stock socket; closed with the test. */
  client(account: TestAccount = makeAccount(), config?: Partial<UserFacingSocketConfig>): TestClient {
    const client = new TestClient(this.sandbox.info, account, config);
    this.#clients.push(client);
    return client;
  }

  /** Links a new companion to a phone by QR and opens its logged-in connection. */
  async link(number: string, config?: Partial<UserFacingSocketConfig>): Promise<TestClient> {
    const pairing = this.client(makeAccount(), config);
    const qr = await pairing.until('a QR code', () => pairing.qr);
    const scan = this.post(`/phones/${number}/scan`, { qr });
    await pairing.untilClosed();
    const client = this.client(pairing.account, config);
    await Promise.all([scan, client.untilOpen()]);
    return client;
  }

  /** Waits for the phone's next messages after a sequence number. */
  async inbox(number: string, after = 0): Promise<InboxEntry[]> {
    return (await this.get(`/phones/${number}/inbox?after=${after}&wait=60000`)).messages;
  }

  /** Waits until a phone has received this many messages. */
  async inboxOf(number: string, count: number): Promise<InboxEntry[]> {
    const entries: InboxEntry[] = [];
    while (entries.length < count) {
      const more = await this.inbox(number, entries.at(-1)?.seq);
      if (more.length === 0) throw new Error(`${number} received ${entries.length} of ${count} messages`);
      entries.push(...more);
    }
    return entries;
  }

  /** Asks again and again until the answer is yes; fails after two minutes. */
  async until(what: string, answer: () => Promise<boolean>): Promise<void> {
    const deadline = performance.now() + DEADLINE_MS;
    while (!(await answer())) {
      if (performance.now() > deadline) throw new Error(`timed out: ${what}`);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.close()));
    await this.sandbox.close();
  }
}

// biome-ignore lint/suspicious/noExplicitAny: tests read whatever the control API answers
export type Json = any;

/** Starts a sandbox that ends with the test, or with the file when it is made in `beforeAll`. */
export async function testSandbox(options?: SandboxOptions): Promise<TestSandbox> {
  const test = new TestSandbox(await startSandbox(options));
  atEnd(() => test.close());
  return test;
}
