import { Phone } from '@ryze/whatsapp-sandbox/client';
import type { TestStorage } from '../gateway/src/storage/testing/databases.ts';
import { type SandboxEndpoint, sandboxEnvironment } from '../gateway/src/testing/sandbox-environment.ts';
import type { GatewayEvent } from './event-watch.ts';
import { freePort, type Running, startGateway, startSandbox } from './processes.ts';
import { type Receiver, startReceiver } from './receiver.ts';

const ADMIN_TOKEN = 'the-harness-administers-this';
/** More than any test makes. */
const RATE_LIMIT = 100_000;

export interface Answer {
  status: number;
  headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: answers are read field by field
  body: any;
}

/** An instance of the gateway with the phone that it is linked to. */
export interface LinkedInstance {
  name: string;
  token: string;
  phone: Phone;
}

export interface StageOptions {
  receivers?: number;
  /** Takes the place of the storage's own, for what is put in front of it. */
  databaseUrl?: string;
  onEvent?: (event: GatewayEvent) => void;
}

/** A sandbox and a gateway as processes, with webhook receivers of the test's own. */
export class Stage {
  readonly sandbox: Running & { info: SandboxEndpoint };
  readonly receivers: Receiver[];
  readonly #env: Record<string, string>;
  readonly #port: number;
  #gateway: Running | null = null;
  #phones = 0;

  private constructor(
    sandbox: Stage['sandbox'],
    receivers: Receiver[],
    port: number,
    env: Record<string, string>,
  ) {
    this.sandbox = sandbox;
    this.receivers = receivers;
    this.#port = port;
    this.#env = env;
  }

  static async set(
    storage: TestStorage,
    { receivers = 1, databaseUrl, onEvent }: StageOptions = {},
  ): Promise<Stage> {
    const { target, folder } = storage;
    const sandbox = await startSandbox();
    const url = databaseUrl ?? (target.dialect === 'postgres' ? target.url : undefined);
    return new Stage(
      sandbox,
      await Promise.all(Array.from({ length: receivers }, () => startReceiver(onEvent))),
      await freePort(),
      {
        ADMIN_TOKEN,
        DATA_DIR: folder,
        ...(url === undefined ? {} : { DATABASE_URL: url }),
        ...sandboxEnvironment(sandbox.info),
        ALLOW_PRIVATE_URLS: '127.0.0.0/8',
        LOG_LEVEL: process.env.TEST_LOG_LEVEL ?? 'silent',
      },
    );
  }

  get gateway(): Running {
    if (!this.#gateway) throw new Error('the gateway is not running');
    return this.#gateway;
  }

  get baseUrl(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  async startGateway(): Promise<void> {
    this.#gateway = await startGateway(this.#port, this.#env);
  }

  /** Resolves when the process has ended. */
  async endGateway(signal: NodeJS.Signals): Promise<void> {
    const ending = this.gateway.stop(signal);
    this.#gateway = null;
    await ending;
  }

  async close(): Promise<void> {
    if (this.#gateway) await this.endGateway('SIGKILL');
    for (const receiver of this.receivers) receiver.close();
    await this.sandbox.stop('SIGKILL');
  }

  /** Throws when the gateway cannot be reached or dies before it answers. */
  async call(
    method: string,
    path: string,
    token: string,
    body?: object,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const response = await fetch(this.baseUrl + path, {
      method,
      headers: { token, 'content-type': 'application/json', ...headers },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    return { status: response.status, headers: response.headers, body: await response.json() };
  }

  newPhone(name: string): Promise<Phone> {
    const number = `55119${String(90_000_000 + ++this.#phones)}`;
    return Phone.make(this.sandbox.info.control, number, name);
  }

  /**
   * Makes an instance, in an account of its own, with one webhook per receiver, which gets everything, and links it.
   * With a `past`, its phone has a history, which the instance is to take in.
   */
  async link(name: string, past?: Parameters<Phone['hasLived']>[0]): Promise<LinkedInstance> {
    const account = await this.#newAccount(name);
    const phone = await this.newPhone(name);
    if (past) await phone.hasLived(past);
    const created = await this.call('POST', '/api/instance/new', account, {
      name,
      disableHistorySync: past === undefined,
    });
    const token: string = created.body.data.token;
    for (const [index, { url }] of this.receivers.entries()) {
      await this.call('POST', `/api/events/webhook/${name}`, token, {
        label: `receiver-${index}`,
        enabled: true,
        url,
        events: ['message.exchange', 'message.status', 'message.undecryptable', 'instance.state'],
      });
    }
    const { body } = await this.call('GET', `/api/instance/connect/${name}`, token);
    await phone.scan(body.qrCode);
    return { name, token, phone };
  }

  async #newAccount(name: string): Promise<string> {
    const account = { name, rateLimitPerMinute: RATE_LIMIT };
    const { body } = await this.call('POST', '/admin/accounts', ADMIN_TOKEN, account);
    return body.account.token;
  }

  /** What the sandbox counted. */
  async stats(): Promise<{ retries: number; undelivered: Record<string, number>; dropped: number }> {
    const response = await fetch(`${this.sandbox.info.control}/stats`);
    return (await response.json()) as Awaited<ReturnType<Stage['stats']>>;
  }
}
