import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { PasskeyCeremonies, REMEMBERED_MS } from '../../../instances/passkey/ceremonies.ts';
import { databases } from '../../../storage/testing/databases.ts';
import { createLog } from '../../../telemetry/log.ts';
import { CHALLENGE, LinkingDevice } from '../../../whatsapp/baileys/passkey/testing/linking-device.ts';
import { credentialJson } from '../../../whatsapp/passkey/testing/credential.ts';
import { type TestRequest, testGateway } from '../../testing/gateway.ts';

const [sqlite] = databases;
const BASE = 'https://gateway.example.com';

/** A gateway on which one device links by passkey. */
async function helper(options: { failedLoginsPerMinute?: number } = {}) {
  const device = new LinkingDevice();
  const passkeys = new PasskeyCeremonies({ clock: device.clock, random: randomBytes });
  const lines: string[] = [];
  const log = createLog('trace', { write: (line: string) => void lines.push(line) });
  const gateway = await testGateway({
    storage: await sqlite!.open(),
    routes: () => [],
    log,
    server: { helper: { passkeys, baseUrl: () => BASE }, ...options },
  });
  const changed = () => passkeys.changed('sales', device.linking);
  device.requestPrologue();
  changed();
  const token = passkeys.token('sales', device.id);
  const call = (method: string, path: string, request?: TestRequest) =>
    gateway.call(method, `/passkey/${token}${path}`, request);
  return { ...gateway, device, passkeys, changed, token, lines, request: gateway.call, call };
}

const from = (origin: string) => ({ headers: { origin } });
const allowedOrigin = ({ headers }: { headers: Record<string, unknown> }) =>
  headers['access-control-allow-origin'];

describe('the helper page', () => {
  it('shows who asks, leads to WhatsApp Web, and holds the snippet and a field for its answer', async () => {
    const { call, token } = await helper();
    const { status, headers, body } = await call('GET', '');
    expect(status).toBe(200);
    const handover = Buffer.from(JSON.stringify({ token, base: BASE })).toString('base64url');
    expect(body).toContain('<p class="big">gateway.example.com</p>');
    expect(body).toContain(`href="https://web.whatsapp.com/#ryze-passkey=${handover}"`);
    expect(body).toContain('navigator.credentials.get');
    expect(body).toContain('<textarea id="answer"');
    expect(body).toContain('data-seconds="600"');
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
    });
  });

  it('runs no script and no style but its own files', async () => {
    const { call, request } = await helper();
    const { headers, body } = await call('GET', '');
    expect(headers['content-security-policy']).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
    expect(body).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\son\w+=|\sstyle=/);
    expect((await request('GET', '/passkey/helper.js')).headers['content-type']).toMatch('text/javascript');
    expect((await request('GET', '/passkey/helper.css')).headers['content-type']).toMatch('text/css');
  });

  it.each([
    ['pt-BR,pt;q=0.9,en;q=0.8', 'pt', 'Sua chave de acesso é necessária'],
    ['en-US,en;q=0.9', 'en', 'Your passkey is needed'],
    ['fr,pt;q=0.5,en;q=0.8', 'en', 'Your passkey is needed'],
    ['fr', 'en', 'Your passkey is needed'],
    [undefined, 'en', 'Your passkey is needed'],
  ])('speaks the language of %s', async (language, lang, title) => {
    const { call } = await helper();
    const { body } = await call('GET', '', language ? { headers: { 'accept-language': language } } : {});
    expect(body).toContain(`<html lang="${lang}">`);
    expect(body).toContain(`<h1>${title}</h1>`);
  });

  it('escapes what WhatsApp put into the options', async () => {
    const { call, device, changed } = await helper();
    device.requestPrologue({ extensions: { note: '</textarea><script>alert(1)</script>' } });
    changed();
    const { body } = await call('GET', '');
    expect(body).not.toContain('<script>alert');
  });

  it('shows the code to compare, and how it ended', async () => {
    const { device, passkeys, call, changed } = await helper();
    device.clock.advance(300_000);
    device.respond();
    await device.answerRef();
    await device.answer();
    device.continue();
    await device.answer();
    changed();
    const page = (await call('GET', '')).body;
    expect(page).toContain('<p class="code">YD9J-DN9Q</p>');
    expect(page).toContain('<button id="confirm">');
    passkeys.ended('sales', 'linked');
    expect((await call('GET', '')).body).toContain('Connected. You can close this page.');
  });
});

describe('the JSON twins', () => {
  it('give the options to sign', async () => {
    const { call, device } = await helper();
    const { status, body } = await call('GET', '/options');
    expect([status, body]).toMatchObject([
      200,
      {
        success: true,
        message: 'Passkey state retrieved',
        passkey: {
          status: 'required',
          id: device.id,
          publicKey: { challenge: CHALLENGE },
          expiresAt: expect.stringMatching(/^\d{4}-.*Z$/),
          code: null,
          skipConfirmation: null,
          outcome: null,
        },
      },
    ]);
  });

  it('take one answer, and refuse the second of two that come at once', async () => {
    const { call, device } = await helper();
    const body = { id: device.id, credential: credentialJson(CHALLENGE) };
    const answers = await Promise.all([
      call('POST', '/response', { body }),
      call('POST', '/response', { body }),
    ]);
    expect(answers.map(({ status, body }) => [status, body])).toEqual([
      [202, { success: true, message: 'Passkey response accepted' }],
      [409, { success: false, message: 'No passkey ceremony is waiting' }],
    ]);
    expect(device.asked).toBe('ref');
  });

  it.each([
    ['a wrong origin', { origin: 'https://example.com' }, 'origin is not https://web.whatsapp.com'],
    ['another challenge', { challenge: 'AAAA' }, 'challenge is not that of this ceremony'],
    ['a user who was not verified', { flags: 1 }, 'the user was not verified (flag UV)'],
  ])('refuse %s, and the ceremony goes on', async (_, changes, what) => {
    const { call, device } = await helper();
    const wrong = { id: device.id, credential: credentialJson(CHALLENGE, changes) };
    const refused = await call('POST', '/response', { body: wrong });
    expect([refused.status, refused.body]).toEqual([
      400,
      { success: false, message: `Invalid credential: ${what}` },
    ]);
    const right = { id: device.id, credential: credentialJson(CHALLENGE) };
    expect((await call('POST', '/response', { body: right })).status).toBe(202);
  });

  it('refuse an answer to another ceremony, and one that is too late', async () => {
    const { call, device } = await helper();
    const body = { id: 'another', credential: credentialJson(CHALLENGE) };
    const other = await call('POST', '/response', { body });
    expect([other.status, other.body.message]).toEqual([409, 'Another passkey ceremony is running']);
    const { id } = device;
    device.clock.advance(600_000);
    const late = await call('POST', '/response', { body: { ...body, id } });
    expect([late.status, late.body.message]).toEqual([410, 'Passkey ceremony expired']);
  });

  it('say how it ended for five minutes, and are unknown after that', async () => {
    const { call, device, passkeys } = await helper();
    passkeys.ended('sales', 'passkey_no_answer');
    expect((await call('GET', '/options')).body.passkey).toMatchObject({
      status: 'none',
      id: null,
      outcome: 'passkey_no_answer',
    });
    device.clock.advance(REMEMBERED_MS);
    const gone = await call('GET', '/options');
    expect([gone.status, gone.body]).toEqual([
      404,
      { success: false, message: 'This link is unknown or over' },
    ]);
    expect((await call('GET', '')).status).toBe(404);
  });

  it.each([
    ['POST', '/response', {}],
    ['POST', '/confirm', { id: 5 }],
    ['POST', '/confirm', []],
  ])('refuse the body of %s %s %j', async (method, path, body) => {
    const { call } = await helper();
    expect((await call(method, path, { body })).status).toBe(400);
  });
});

describe('who may ask', () => {
  it('is decided by the token; unknown ones count as failed logins, known ones go on', async () => {
    const { request, call } = await helper({ failedLoginsPerMinute: 3 });
    expect((await call('GET', '/options')).status).toBe(200);
    const guesses = [];
    for (let i = 0; i < 4; i++) guesses.push((await request('GET', `/passkey/pk_${i}/options`)).status);
    expect(guesses).toEqual([404, 404, 404, 429]);
    expect((await call('GET', '/options')).status).toBe(200);
  });

  it('is limited in how often', async () => {
    const { call } = await helper();
    const statuses = [];
    for (let i = 0; i < 121; i++) statuses.push((await call('GET', '/options')).status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(120);
    expect(statuses.at(-1)).toBe(429);
  });

  it.each(['https://web.whatsapp.com', `chrome-extension://${'abcdefghijklmnop'.repeat(2)}`])(
    'is a page of %s',
    async (origin) => {
      const { call } = await helper();
      const asked = await call('GET', '/options', from(origin));
      expect([asked.status, allowedOrigin(asked)]).toEqual([200, origin]);
      const preflight = await call('OPTIONS', '/response', from(origin));
      expect([preflight.status, allowedOrigin(preflight)]).toEqual([204, origin]);
      expect(preflight.headers['access-control-allow-headers']).toBe('Content-Type');
    },
  );

  it.each([
    'https://evil.example',
    'https://web.whatsapp.com.evil.example',
    'null',
    'chrome-extension://short',
  ])('is no page of %s', async (origin) => {
    const { call } = await helper();
    const asked = await call('GET', '/options', from(origin));
    expect([asked.status, asked.body.message, allowedOrigin(asked)]).toEqual([
      403,
      'Origin not allowed',
      undefined,
    ]);
    expect(allowedOrigin(await call('OPTIONS', '/response', from(origin)))).toBeUndefined();
  });

  it('is the page itself', async () => {
    const { call } = await helper();
    expect((await call('GET', '/options', from(BASE))).status).toBe(200);
  });
});

describe('the log', () => {
  it('never holds a token, of whatever request', async () => {
    const { call, request, token, lines } = await helper();
    await call('GET', '');
    await call('GET', '/options');
    await call('POST', '/response', { body: {} });
    await request('GET', `/passkey/${token}/elsewhere`);
    expect(lines.join('')).toContain('/passkey/:token/options');
    expect(lines.join('')).not.toContain(token);
  });
});
