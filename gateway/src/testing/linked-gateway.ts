import { once } from 'node:events';
import type { Phone } from '@ryze/whatsapp-sandbox/client';
import { WebSocket } from 'ws';
import { type App, createApp } from '../app.ts';
import { systemClock } from '../clock.ts';
import { readConfig } from '../config.ts';
import { DOCUMENTED_EVENTS, OPT_IN_EVENTS } from '../events/catalog.ts';
import type { TestStorage } from '../storage/testing/databases.ts';
import { createLog } from '../telemetry/log.ts';
import { atEnd } from './at-end.ts';
import { EventList, type ReportedEvent } from './event-list.ts';
import { type SandboxEndpoint, sandboxEnvironment } from './sandbox-environment.ts';

export interface Answer {
  status: number;
  headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests read answers field by field
  body: any;
}

/** An instance that is linked to a phone, with everything that it reports. */
export interface LinkedInstance {
  id: string;
  name: string;
  token: string;
  /** The token of the account that owns it. */
  account: string;
  phone: Phone;
  /** Every event since it was made, in order, opt-in ones included. */
  events: EventList;
  /** A request with the instance's own token; `:instance` in the path becomes its name. */
  call(method: string, path: string, body?: unknown): Promise<Answer>;
  /** Waits for the `message.exchange` of a message. */
  exchange(messageId: string): Promise<ReportedEvent>;
}

interface InstanceFields {
  name?: string;
  history?: string;
  disableHistorySync?: boolean;
  ignoreGroupMessages?: boolean;
}

export interface LinkedGateway {
  app: App;
  /** Before the test ends; what was connected comes back with the next gateway on the same storage. */
  stop(): Promise<void>;
  baseUrl: string;
  call(method: string, path: string, token: string, body?: unknown): Promise<Answer>;
  /** A new account's token. */
  account(): Promise<string>;
  /**
   * Makes an instance of `account` (a new one when left out), with these fields of `POST /api/instance/new`, and links
   * it; `history` is that of `connect`.
   */
  link(phone: Phone, fields?: InstanceFields, account?: string): Promise<LinkedInstance>;
}

/** The whole gateway over real HTTP on the sandbox's WhatsApp; it ends with the test, or with the file when a hook makes it. */
export async function linkedGateway(
  { target, folder }: TestStorage,
  whatsApp: SandboxEndpoint,
  env: Record<string, string> = {},
): Promise<LinkedGateway> {
  const config = readConfig({
    DATA_DIR: folder,
    HOST: '127.0.0.1',
    PORT: '0',
    ...sandboxEnvironment(whatsApp),
    ALLOW_PRIVATE_URLS: '127.0.0.0/8',
    ...(target.dialect === 'postgres' ? { DATABASE_URL: target.url } : {}),
    ...env,
  });
  const log = createLog(process.env.TEST_LOG_LEVEL ?? 'silent');
  const app = await createApp({ config, clock: systemClock, log, onTaken: () => {} });
  const baseUrl = await app.start();
  let stopped: Promise<void> | null = null;
  const stop = () => {
    stopped ??= app.stop();
    return stopped;
  };
  atEnd(stop);
  let made = 0;

  const call: LinkedGateway['call'] = async (method, path, token, body) => {
    const response = await fetch(baseUrl + path, {
      method,
      headers: { token, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    return { status: response.status, headers: response.headers, body: await response.json() };
  };
  const account = async () => {
    const { token } = await app.accounts.create({ name: `account-${++made}`, rateLimitPerMinute: 100_000 });
    return token;
  };

  return {
    app,
    stop,
    baseUrl,
    call,
    account,
    async link(phone, { name = `instance-${++made}`, history, ...fields } = {}, owner) {
      const accountToken = owner ?? (await account());
      const created = await call('POST', '/api/instance/new', accountToken, { name, ...fields });
      const { id, token } = must(created, 201).data;
      must(await call('POST', `/api/events/websocket/${name}`, token, { enabled: true, events: EVERY_KIND }));
      const events = await listen(`${baseUrl.replace('http', 'ws')}/ws/${name}?token=${token}`);
      const { qrCode } = must(
        await call(
          'GET',
          `/api/instance/connect/${name}${history === undefined ? '' : `?history=${history}`}`,
          token,
        ),
      );
      await phone.scan(qrCode);
      await events.expect(
        'the connection',
        ({ event, data }) => event === 'instance.state' && data.state === 'connected',
      );
      return {
        id,
        name,
        token,
        account: accountToken,
        phone,
        events,
        call: (method, path, body) => call(method, path.replace(':instance', name), token, body),
        exchange: (messageId) =>
          events.expect(
            `the message ${messageId}`,
            ({ event, data }) => event === 'message.exchange' && data.id === messageId,
          ),
      };
    },
  };
}

const EVERY_KIND = [...DOCUMENTED_EVENTS, ...OPT_IN_EVENTS];

function must({ status, body }: Answer, expected = 200): Answer['body'] {
  if (status !== expected) throw new Error(`answered ${status}: ${JSON.stringify(body)}`);
  return body;
}

async function listen(url: string): Promise<EventList> {
  const events = new EventList();
  const socket = new WebSocket(url);
  socket.on('message', (frame) => events.add(JSON.parse(String(frame))));
  await once(socket, 'open');
  atEnd(() => socket.close());
  return events;
}
