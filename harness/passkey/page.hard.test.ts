import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { testGateway } from '../../gateway/src/http/testing/gateway.ts';
import { PasskeyCeremonies } from '../../gateway/src/instances/passkey/ceremonies.ts';
import { databases } from '../../gateway/src/storage/testing/databases.ts';
import { LinkingDevice } from '../../gateway/src/whatsapp/baileys/passkey/testing/linking-device.ts';
import { buildExtension } from '../../passkey-extension/build.ts';
import { SoftwareAuthenticator } from '../../whatsapp-sandbox/src/passkey/authenticator.ts';
import { type Browser, insertPasskey, openBrowser } from './browser.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** A gateway that listens, on which one device links by passkey. */
async function setUp() {
  const device = new LinkingDevice();
  const passkeys = new PasskeyCeremonies({ clock: device.clock, random: randomBytes });
  let base = '';
  const { app } = await testGateway({
    storage: await databases[0]!.open(),
    routes: () => [],
    server: { helper: { passkeys, baseUrl: () => base } },
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  base = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
  const changed = () => passkeys.changed('sales', device.linking);
  device.requestPrologue();
  changed();
  const url = `${base}/passkey/${passkeys.token('sales', device.id)}`;
  return { device, passkeys, changed, base, url };
}

async function browserWith(options?: { extension: string }): Promise<Browser> {
  const browser = await openBrowser(options);
  cleanups.push(() => browser.close());
  return browser;
}

describe('the helper page in a real Chromium', { timeout: 300_000 }, () => {
  it('leads through snippet, answer, code and end, on a phone-sized screen and without a breach of its policy', async () => {
    const { device, passkeys, changed, url } = await setUp();
    const { context } = await browserWith();
    const page = await context.newPage();
    const problems: string[] = [];
    page.on('pageerror', (error) => problems.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error') problems.push(message.text());
    });
    await page.setViewportSize({ width: 360, height: 740 });
    await page.goto(url);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
    await page.getByText(/^\d+:\d\d$/).waitFor();

    const tab = await context.newPage();
    await insertPasskey(tab, SoftwareAuthenticator.make());
    await tab.goto('https://web.whatsapp.com/');
    await tab.evaluate(await page.locator('#snippet').inputValue());
    await tab.getByRole('button', { name: 'Use my passkey' }).click();
    const answer = tab.getByRole('textbox');
    await answer.waitFor();

    await page.locator('#answer').fill('{');
    await page.getByRole('button', { name: 'Send' }).click();
    await page.getByText('This is not the text').waitFor();
    await page.locator('#answer').fill(await answer.inputValue());
    device.clock.advance(300_000);
    await page.getByRole('button', { name: 'Send' }).click();
    await expect.poll(() => device.asked).toBe('ref');
    changed();
    await page.getByText('WhatsApp checks the answer').waitFor();

    await device.answerRef();
    await device.answer();
    device.continue();
    await device.answer();
    changed();
    await page.getByText('YD9J-DN9Q').waitFor();
    await page.getByRole('button', { name: 'All of it is the same' }).click();
    await expect.poll(() => device.asked).toBe('encrypted_pairing_request');
    changed();
    await page.getByText('Almost done').waitFor();
    passkeys.ended('sales', 'linked');
    await page.getByText('Connected. You can close this page.').waitFor();
    expect(problems).toEqual([]);
  });

  it('hands over to the extension, which answers the gateway and shows the end', async () => {
    const { device, passkeys, changed, base, url } = await setUp();
    const extension = mkdtempSync(join(tmpdir(), 'ryze-extension-'));
    cleanups.push(() => rmSync(extension, { recursive: true, force: true }));
    buildExtension({ out: extension, gateways: [base] });
    const { context } = await browserWith({ extension });
    const page = await context.newPage();
    await page.goto(url);
    const link = await page
      .getByRole('link', { name: 'Use my passkey on WhatsApp Web' })
      .getAttribute('href');
    const tab = await context.newPage();
    await insertPasskey(tab, SoftwareAuthenticator.make());
    const [ask] = await Promise.all([context.waitForEvent('page'), tab.goto(String(link))]);
    await ask.getByText(new URL(base).host).waitFor();
    await ask.locator('#action').click();
    await expect.poll(() => device.asked, { timeout: 60_000 }).toBe('ref');
    changed();
    passkeys.ended('sales', 'linked');
    await page.getByText('Connected. You can close this page.').waitFor();
  });
});
