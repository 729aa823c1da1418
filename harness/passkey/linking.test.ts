import { once } from 'node:events';
import { afterAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { createApp } from '../../gateway/src/app.ts';
import { systemClock } from '../../gateway/src/clock.ts';
import { readConfig } from '../../gateway/src/config.ts';
import { databases, type TestStorage } from '../../gateway/src/storage/testing/databases.ts';
import { createLog } from '../../gateway/src/telemetry/log.ts';
import { atEnd } from '../../gateway/src/testing/at-end.ts';
import { EventList } from '../../gateway/src/testing/event-list.ts';
import { sandboxEnvironment } from '../../gateway/src/testing/sandbox-environment.ts';
import { leaked } from '../../gateway/src/whatsapp/baileys/signal/testing/secrets.ts';
import { stanza } from '../../whatsapp-sandbox/src/wire/stanza.ts';
import { startStagedWhatsApp } from './staged-whatsapp.ts';

const whatsApp = await startStagedWhatsApp();
afterAll(() => whatsApp.close());
const PASSKEY = '/api/instance/passkey/sales';

/** A gateway in this process, at its loudest, with an instance `sales` and a clock that the test can put forward. */
async function gatewayOn({ target, folder }: TestStorage, known?: { token: string }) {
  const config = readConfig({
    DATA_DIR: folder,
    HOST: '127.0.0.1',
    PORT: '0',
    ...sandboxEnvironment(whatsApp.endpoint),
    ...(target.dialect === 'postgres' ? { DATABASE_URL: target.url } : {}),
  });
  const lines: string[] = [];
  let ahead = 0;
  const clock = { now: () => Date.now() + ahead, after: systemClock.after };
  const log = createLog('trace', { write: (line: string) => void lines.push(line) });
  const app = await createApp({ config, clock, log, onTaken: () => {} });
  const baseUrl = await app.start();
  let stopped: Promise<void> | null = null;
  const stop = () => {
    stopped ??= app.stop();
    return stopped;
  };
  atEnd(stop);
  const token = known?.token ?? (await app.accounts.create({ name: 'acme' })).token;
  const call = async (method: string, path: string, body?: unknown) => {
    const response = await fetch(baseUrl + path, {
      method,
      headers: { token, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    // biome-ignore lint/suspicious/noExplicitAny: tests read answers field by field
    return { status: response.status, body: (await response.json()) as any };
  };
  if (!known) {
    await call('POST', '/api/instance/new', { name: 'sales' });
    await call('POST', '/api/events/websocket/sales', { enabled: true, events: ['instance.state'] });
  }
  const events = new EventList();
  const socket = new WebSocket(`${baseUrl.replace('http', 'ws')}/ws/sales?token=${token}`);
  socket.on('message', (frame) => events.add(JSON.parse(String(frame))));
  await once(socket, 'open');
  atEnd(() => socket.close());
  const state = (wanted: string, times = 1) =>
    events.expect(
      wanted,
      ({ event, data }) => event === 'instance.state' && (data.state === wanted || data.reason === wanted),
      times,
    );
  const connect = async (number?: string) => {
    const query = number === undefined ? '' : `?number=${number}`;
    return (await call('GET', `/api/instance/connect/sales${query}`)).body;
  };
  const read = async () => (await call('GET', PASSKEY)).body.passkey;
  return {
    call,
    connect,
    read,
    state,
    stop,
    token,
    lines,
    putForward: (ms: number) => {
      ahead += ms;
    },
    /** WhatsApp asks for the passkey after a scan. */
    async asked() {
      const { qrCode } = await connect();
      whatsApp.stage().askForPasskey(qrCode);
      await state('passkey_required');
      return { qr: String(qrCode), stage: whatsApp.stage() };
    },
    /** The browser's answer to the ceremony at hand. */
    async answer(changes: { origin?: string } = {}) {
      const { id, publicKey } = await read();
      const credential = whatsApp.passkey.assert({ challenge: publicKey.challenge, ...changes });
      return call('POST', `${PASSKEY}/response`, { id, credential });
    },
  };
}

describe.each(databases)('linking by passkey over a real socket, on $name', ({ open }) => {
  it('ends connected without a question, and leaves no secret in the log', async () => {
    const gateway = await gatewayOn(await open());
    const { qr, stage } = await gateway.asked();
    expect(await gateway.connect()).toMatchObject({
      message: 'Passkey required',
      status: 'passkey',
      passkey: {
        status: 'required',
        publicKey: { rpId: 'whatsapp.com' },
        helper: { url: expect.any(String) },
      },
    });
    const { helper } = await gateway.read();
    expect(await gateway.answer()).toMatchObject({
      status: 202,
      body: { message: 'Passkey response accepted' },
    });
    await whatsApp.accept(qr, await stage.advSecret);
    await gateway.state('connected');
    expect(await gateway.read()).toMatchObject({ status: 'none', id: null });
    const outcome = await (await fetch(`${helper.url}/options`)).json();
    expect(outcome).toMatchObject({ passkey: { status: 'none', outcome: 'linked' } });
    expect(stage.acked).toEqual(['passkey_prologue_request', 'crsc_continuation']);

    await gateway.stop();
    const output = gateway.lines.join('');
    expect(output.length).toBeGreaterThan(1_000);
    expect(stage.secrets.length).toBe(7);
    expect(
      leaked(
        stage.secrets.map((bytes) => Buffer.from(bytes).toString('hex')),
        output,
      ),
    ).toEqual([]);
    const { response } = JSON.parse(Buffer.from(stage.assertion).toString());
    expect(output).not.toContain(response.signature);
    expect(output).not.toContain(new URL(helper.url).pathname.split('/').at(-1));
  });

  it('lets the user compare the code when the answer came late', async () => {
    const gateway = await gatewayOn(await open());
    const { qr, stage } = await gateway.asked();
    gateway.putForward(301_000);
    expect((await gateway.answer()).status).toBe(202);
    const { data } = await gateway.state('passkey_confirmation');
    expect(data.codes).toEqual([stage.code]);
    const { id, code } = await gateway.read();
    expect(code).toBe(stage.code);
    expect(await gateway.call('POST', `${PASSKEY}/confirm`, { id })).toMatchObject({
      status: 202,
      body: { message: 'Passkey confirmation accepted' },
    });
    await whatsApp.accept(qr, await stage.advSecret);
    await gateway.state('connected');
  });

  it('works after a second scan, with the secret of the second code', async () => {
    const gateway = await gatewayOn(await open());
    const { qrCode: first } = await gateway.connect();
    const stage = whatsApp.stage();
    stage.notify('companion_reg_refresh', stanza('pair-device-rotate-qr'));
    await gateway.state('qr_ready', 2);
    const { qrCode: second } = await gateway.connect();
    expect(second).not.toBe(first);
    stage.askForPasskey(second);
    await gateway.state('passkey_required');
    expect((await gateway.answer()).status).toBe(202);
    await whatsApp.accept(second, await stage.advSecret);
    await gateway.state('connected');
    expect(stage.acked).toContain('companion_reg_refresh');
  });

  it('takes a second scan alone', async () => {
    const gateway = await gatewayOn(await open());
    await gateway.connect();
    whatsApp.stage().notify('companion_reg_refresh', stanza('companion_reg_refresh'));
    await gateway.state('qr_ready', 2);
    const { qrCode } = await gateway.connect();
    await whatsApp.accept(qrCode, Buffer.from(qrCode.split(',')[3], 'base64'));
    await gateway.state('connected');
  });

  it('goes on waiting for a code after a notification of it that is not complete', async () => {
    const gateway = await gatewayOn(await open());
    const number = whatsApp.newNumber();
    const { pairingCode } = await gateway.connect(number);
    const incomplete = stanza('link_code_companion_reg', { stage: 'refresh_code' });
    whatsApp.stage().notify('link_code_companion_reg', incomplete);
    await expect.poll(() => whatsApp.stage().acked).toEqual(['link_code_companion_reg']);
    await whatsApp.type(number, pairingCode);
    await gateway.state('connected');
  });

  it('gives another code to the next equal call when WhatsApp wants it typed once more', async () => {
    const gateway = await gatewayOn(await open());
    const number = whatsApp.newNumber();
    const { pairingCode: first } = await gateway.connect(number);
    const stage = whatsApp.stage();
    stage.notify('companion_reg_refresh', stanza('companion_reg_refresh'));
    await expect.poll(() => stage.hellos).toBe(2);
    // What comes behind the answer is acknowledged after it was read.
    stage.notify('psa', stanza('psa'));
    await expect.poll(() => stage.acked).toContain('psa');
    const { pairingCode: second } = await gateway.connect(number);
    expect(whatsApp.stage()).toBe(stage);
    expect(second).not.toBe(first);
    await whatsApp.type(number, second);
    await gateway.state('connected');
    expect(stage.acked).toContain('companion_reg_refresh');
  });

  it('works after a typed code', async () => {
    const gateway = await gatewayOn(await open());
    const number = whatsApp.newNumber();
    const { pairingCode } = await gateway.connect(number);
    const stage = whatsApp.stage();
    const held = stage.holdPairSuccess();
    const typed = whatsApp.type(number, pairingCode);
    await held;
    stage.askForPasskeyOf(whatsApp.candidate(number));
    await gateway.state('passkey_required');
    expect((await gateway.answer()).status).toBe(202);
    stage.releasePairSuccess(await stage.advSecret);
    await typed;
    await gateway.state('connected');
  });

  it('refuses a wrong credential without losing the try, and the second of two answers', async () => {
    const gateway = await gatewayOn(await open());
    const { qr, stage } = await gateway.asked();
    expect(await gateway.answer({ origin: 'https://example.com' })).toMatchObject({
      status: 400,
      body: { error: { message: 'Invalid credential: origin is not https://web.whatsapp.com' } },
    });
    const { id, publicKey } = await gateway.read();
    const credential = whatsApp.passkey.assert({ challenge: publicKey.challenge });
    const answers = await Promise.all(
      [1, 2].map(() => gateway.call('POST', `${PASSKEY}/response`, { id, credential })),
    );
    expect(answers.map(({ status }) => status).toSorted()).toEqual([202, 409]);
    await whatsApp.accept(qr, await stage.advSecret);
    await gateway.state('connected');
  });

  it.each(['ref', 'passkey_prologue', 'companion_nonce', 'encrypted_pairing_request'])(
    'says passkey_rejected when WhatsApp refuses %s, and shows a fresh QR',
    async (step) => {
      const gateway = await gatewayOn(await open());
      const { qr, stage } = await gateway.asked();
      stage.failing = { step, code: 406 };
      expect((await gateway.answer()).status).toBe(202);
      await gateway.state('passkey_rejected');
      await gateway.state('qr_ready', 2);
      const fresh = await gateway.connect();
      expect(fresh.status).toBe('qr');
      expect(fresh.qrCode).not.toBe(qr);
      expect(gateway.lines.join('')).toContain('code 406');
    },
  );

  it('says passkey_connection_lost when the socket breaks, and shows a fresh QR', async () => {
    const gateway = await gatewayOn(await open());
    const { stage } = await gateway.asked();
    stage.cut();
    await gateway.state('passkey_connection_lost');
    await gateway.state('qr_ready', 2);
    expect((await gateway.connect()).status).toBe('qr');
  });

  it('says passkey_cancelled when it is ended, and shows a fresh QR', async () => {
    const gateway = await gatewayOn(await open());
    await gateway.asked();
    expect(await gateway.call('DELETE', PASSKEY)).toMatchObject({
      status: 200,
      body: { message: 'Passkey ceremony cancelled' },
    });
    await gateway.state('passkey_cancelled');
    await gateway.state('qr_ready', 2);
  });

  it('leaves nothing of a ceremony when the gateway restarts in the middle of it', async () => {
    const storage = await open();
    const before = await gatewayOn(storage);
    await before.asked();
    const { helper } = await before.read();
    await before.stop();
    const after = await gatewayOn(storage, before);
    expect(await after.read()).toMatchObject({ status: 'none' });
    const late = await after.call('POST', `${PASSKEY}/response`, { id: 'any', credential: {} });
    expect(late).toMatchObject({
      status: 409,
      body: { error: { message: 'No passkey ceremony is waiting' } },
    });
    const path = new URL(helper.url).pathname;
    expect(await after.call('GET', `${path}/options`)).toMatchObject({ status: 404 });
    const { qrCode } = await after.connect();
    await whatsApp.accept(qrCode, Buffer.from(qrCode.split(',')[3], 'base64'));
    await after.state('connected');
  });
});
