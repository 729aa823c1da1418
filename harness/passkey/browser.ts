import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import type { SoftwareAuthenticator } from '../../whatsapp-sandbox/src/passkey/authenticator.ts';
import { serveWhatsAppWeb, type WhatsAppWeb } from './whatsapp-web.ts';

/** Debian: `apt-get install chromium`. */
const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';

/** Ends what hangs; a busy machine is slow, not broken. */
const ACTION_TIMEOUT_MS = 120_000;

/** A real Chromium for which `web.whatsapp.com` is a page of the test's. */
export interface Browser {
  context: BrowserContext;
  whatsAppWeb: WhatsAppWeb;
  close(): Promise<void>;
}

/** @param extension folder of an unpacked extension to load */
export async function openBrowser({ extension }: { extension?: string } = {}): Promise<Browser> {
  const whatsAppWeb = await serveWhatsAppWeb();
  const profile = mkdtempSync(join(tmpdir(), 'ryze-chromium-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: CHROMIUM,
    // Playwright's own headless mode would load no extension.
    headless: false,
    ignoreDefaultArgs: ['--disable-extensions'],
    args: [
      '--headless=new',
      '--no-sandbox',
      '--ignore-certificate-errors',
      `--host-resolver-rules=MAP web.whatsapp.com 127.0.0.1:${whatsAppWeb.port}`,
      ...(extension ? [`--disable-extensions-except=${extension}`, `--load-extension=${extension}`] : []),
    ],
  });
  context.setDefaultTimeout(ACTION_TIMEOUT_MS);
  return {
    context,
    whatsAppWeb,
    close: async () => {
      await context.close();
      await whatsAppWeb.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
}

/** Puts a passkey into the authenticator that the browser has for this page; its user agrees at once. */
export async function insertPasskey(page: Page, passkey: SoftwareAuthenticator): Promise<void> {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('WebAuthn.enable');
  const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  const { credentialId, userHandle } = passkey.secrets;
  await cdp.send('WebAuthn.addCredential', {
    authenticatorId,
    credential: {
      credentialId: base64(credentialId),
      isResidentCredential: true,
      rpId: 'whatsapp.com',
      privateKey: base64(passkey.pkcs8),
      userHandle: base64(userHandle),
      signCount: 0,
    },
  });
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
