import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterEach, describe, expect, it } from 'vitest';
import { buildExtension } from '../../passkey-extension/build.ts';
import { writeHandover } from '../../passkey-extension/src/handover.ts';
import { checkAssertion } from '../../whatsapp-sandbox/src/passkey/assertion-check.ts';
import { base64url, SoftwareAuthenticator } from '../../whatsapp-sandbox/src/passkey/authenticator.ts';
import { type Browser, insertPasskey, openBrowser } from './browser.ts';
import { GatewayReceiver } from './gateway-receiver.ts';

const TOKEN = 'pk_0123456789abcdefghijklmnopqrstuv';
const CEREMONY = 'ceremony-1';
const CHALLENGE = Buffer.alloc(32, 6);
const OPTIONS = `GET /passkey/${TOKEN}/options`;
const RESPONSE = `POST /passkey/${TOKEN}/response`;
const CONFIRM = `POST /passkey/${TOKEN}/confirm`;
const publicKey = {
  challenge: base64url(CHALLENGE),
  timeout: 600_000,
  rpId: 'whatsapp.com',
  allowCredentials: [],
  userVerification: 'required',
  extensions: { uvm: true },
};

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** @param built for a build that names this gateway; without it the user has to allow it */
async function setUp({ built }: { built: boolean }) {
  const gateway = new GatewayReceiver();
  await gateway.listen();
  cleanups.push(() => gateway.close());
  const out = mkdtempSync(join(tmpdir(), 'ryze-extension-'));
  cleanups.push(() => rmSync(out, { recursive: true, force: true }));
  buildExtension({ out, gateways: built ? [gateway.url] : [] });
  const browser = await openBrowser({ extension: out });
  cleanups.push(() => browser.close());
  say(gateway, { status: 'required', publicKey });
  gateway.answers.set(RESPONSE, {
    status: 202,
    body: { success: true, message: 'Passkey response accepted' },
  });
  gateway.answers.set(CONFIRM, {
    status: 202,
    body: { success: true, message: 'Passkey confirmation accepted' },
  });
  return { gateway, browser };
}

/** What the gateway says of the ceremony from now on. */
function say(gateway: GatewayReceiver, changes: Record<string, unknown>): void {
  const passkey = {
    id: CEREMONY,
    publicKey: null,
    expiresAt: null,
    code: null,
    skipConfirmation: null,
    outcome: null,
  };
  gateway.answers.set(OPTIONS, { status: 200, body: { success: true, passkey: { ...passkey, ...changes } } });
}

/** Follows a gateway's link in a tab of WhatsApp Web that has a passkey; returns both tabs. */
async function followLink(browser: Browser, base: string, passkey: SoftwareAuthenticator) {
  const { context } = browser;
  const tab = await context.newPage();
  await insertPasskey(tab, passkey);
  const [ask] = await Promise.all([
    context.waitForEvent('page'),
    tab.goto(`https://web.whatsapp.com/#ryze-passkey=${writeHandover({ token: TOKEN, base })}`),
  ]);
  await ask.getByText(new URL(base).host).waitFor();
  return { tab, ask };
}

const press = (ask: Page) => ask.getByRole('button').click();
const status = (ask: Page) => ask.getByRole('status');

describe('the extension in a real Chromium', { timeout: 300_000 }, () => {
  it('brings an assertion to the gateway that a server accepts, after one click, and says how it ends', async () => {
    const { gateway, browser } = await setUp({ built: true });
    const passkey = SoftwareAuthenticator.make();
    const { tab, ask } = await followLink(browser, gateway.url, passkey);
    expect(gateway.received).toEqual([]);
    expect(tab.url()).toBe('https://web.whatsapp.com/');
    expect(ask.url()).toMatch(/^chrome-extension:\/\/[a-p]{32}\/ask\.html$/);

    await press(ask);
    await expect.poll(() => gateway.bodies(RESPONSE)).toHaveLength(1);
    const [{ id, credential }] = gateway.bodies(RESPONSE) as [{ id: string; credential: { rawId: string } }];
    expect(id).toBe(CEREMONY);
    const submitted = {
      credentialId: Buffer.from(credential.rawId, 'base64url'),
      assertion: Buffer.from(JSON.stringify(credential)),
    };
    const challenge = { bytes: CHALLENGE, expiresAt: Date.now() + 600_000, used: false };
    expect(checkAssertion(submitted, challenge, [passkey.registered], Date.now())).toMatchObject({
      signCount: 1,
    });

    say(gateway, { status: 'none', outcome: 'linked' });
    await expect.poll(() => status(ask).textContent()).toContain('Linked.');
    expect(browser.whatsAppWeb.requests.filter((url) => url !== '/favicon.ico')).toEqual(['/']);
    const sent = gateway.received.map(({ headers }) => [headers.cookie, headers.referer]);
    expect(new Set(sent.flat())).toEqual(new Set([undefined]));
  });

  it('lets the user compare the code', async () => {
    const { gateway, browser } = await setUp({ built: true });
    const { ask } = await followLink(browser, gateway.url, SoftwareAuthenticator.make());
    say(gateway, { status: 'confirmation', code: 'YD9J-DN9Q', skipConfirmation: false });
    await press(ask);
    await ask.getByText('YD9J-DN9Q').waitFor();
    await press(ask);
    await expect.poll(() => gateway.bodies(CONFIRM)).toEqual([{ id: CEREMONY }]);
    expect(gateway.bodies(RESPONSE)).toEqual([]);
    say(gateway, { status: 'none', outcome: 'passkey_no_answer' });
    await expect.poll(() => status(ask).textContent()).toContain('The phone did not answer.');
  });

  it('says why a credential was refused, and signs again', async () => {
    const { gateway, browser } = await setUp({ built: true });
    const { ask } = await followLink(browser, gateway.url, SoftwareAuthenticator.make());
    const message = 'Invalid credential: the user was not verified (flag UV)';
    gateway.answers.set(RESPONSE, { status: 400, body: { success: false, message } });
    await press(ask);
    await expect.poll(() => status(ask).textContent()).toContain(message);
    gateway.answers.set(RESPONSE, { status: 202, body: { success: true } });
    await press(ask);
    await expect.poll(() => gateway.bodies(RESPONSE)).toHaveLength(2);
  });

  it('says that a link is over', async () => {
    const { gateway, browser } = await setUp({ built: true });
    const { ask } = await followLink(browser, gateway.url, SoftwareAuthenticator.make());
    gateway.answers.set(OPTIONS, {
      status: 410,
      body: { success: false, message: 'Passkey ceremony expired' },
    });
    await press(ask);
    await expect.poll(() => status(ask).textContent()).toContain('This link is over.');
  });

  it('signs nothing for a gateway that a build does not name, and sends nothing there', async () => {
    const { gateway, browser } = await setUp({ built: true });
    const other = new GatewayReceiver();
    await other.listen();
    cleanups.push(() => other.close());
    const { ask } = await followLink(browser, other.url, SoftwareAuthenticator.make());
    await press(ask);
    await expect.poll(() => status(ask).textContent()).toContain('You did not allow');
    expect([...other.received, ...gateway.received]).toEqual([]);
  });

  it('sends nothing to a gateway before its user allowed it', async () => {
    const { gateway, browser } = await setUp({ built: false });
    const { ask } = await followLink(browser, gateway.url, SoftwareAuthenticator.make());
    const message = {
      kind: 'call',
      handover: { token: TOKEN, base: gateway.url },
      call: { name: 'options' },
    };
    const answer = await ask.evaluate(
      (sent) =>
        (
          globalThis as unknown as { chrome: { runtime: { sendMessage(m: unknown): unknown } } }
        ).chrome.runtime.sendMessage(sent),
      message,
    );
    expect(answer).toEqual({ ok: false, status: 0, message: 'not allowed' });
    expect(gateway.received).toEqual([]);
  });

  it('says that a link was cut short', async () => {
    const { browser } = await setUp({ built: false });
    const tab = await browser.context.newPage();
    const [ask] = await Promise.all([
      browser.context.waitForEvent('page'),
      tab.goto('https://web.whatsapp.com/#ryze-passkey=eyJ0b2tlbiI6'),
    ]);
    await expect.poll(() => status(ask).textContent()).toContain('This link is not complete.');
    expect(await ask.getByRole('button').isVisible()).toBe(false);
  });
});
