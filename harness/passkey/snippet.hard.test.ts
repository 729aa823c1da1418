import { afterEach, describe, expect, it } from 'vitest';
import { checkCredential } from '../../gateway/src/whatsapp/passkey/credential.ts';
import { passkeySnippet } from '../../gateway/src/whatsapp/passkey/snippet.ts';
import { checkAssertion } from '../../whatsapp-sandbox/src/passkey/assertion-check.ts';
import { base64url, SoftwareAuthenticator } from '../../whatsapp-sandbox/src/passkey/authenticator.ts';
import { type Browser, insertPasskey, openBrowser } from './browser.ts';

const CHALLENGE = Buffer.alloc(32, 6);

let browser: Browser | undefined;
afterEach(() => browser?.close());

describe('the snippet in the console of a real Chromium', { timeout: 300_000 }, () => {
  it('shows the body of a response that gateway and server accept, and copies it', async () => {
    browser = await openBrowser();
    const { context } = browser;
    await context.grantPermissions(['clipboard-read', 'clipboard-write'], {
      origin: 'https://web.whatsapp.com',
    });
    const page = await context.newPage();
    const passkey = SoftwareAuthenticator.make();
    await insertPasskey(page, passkey);
    await page.goto('https://web.whatsapp.com/');
    const { credentialId } = passkey.secrets;
    const publicKey = {
      challenge: base64url(CHALLENGE),
      timeout: 600_000,
      rpId: 'whatsapp.com',
      allowCredentials: [{ type: 'public-key', id: base64url(credentialId) }],
      userVerification: 'required',
    };
    await page.evaluate(passkeySnippet({ id: 'ceremony-1', publicKey, language: 'pt' }));
    await page.getByRole('button', { name: 'Usar minha chave de acesso' }).click();
    await page.getByRole('button', { name: 'Copiar' }).click();
    await page.getByText('Copiado.').waitFor();
    const shown = await page.getByRole('textbox').inputValue();
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(shown);

    const { id, credential } = JSON.parse(shown);
    expect(id).toBe('ceremony-1');
    const { assertion } = checkCredential(credential, {
      challenge: publicKey.challenge,
      rpId: 'whatsapp.com',
    });
    expect(assertion).toBe(JSON.stringify(credential));
    const challenge = { bytes: CHALLENGE, expiresAt: Date.now() + 600_000, used: false };
    const submitted = { credentialId, assertion: Buffer.from(assertion) };
    expect(checkAssertion(submitted, challenge, [passkey.registered], Date.now())).toMatchObject({
      signCount: 1,
    });
  });

  it('says that there is no passkey, and can be tried again', async () => {
    browser = await openBrowser();
    const page = await browser.context.newPage();
    await insertPasskey(page, SoftwareAuthenticator.make());
    await page.goto('https://web.whatsapp.com/');
    const other = { type: 'public-key', id: base64url(Buffer.alloc(32, 1)) };
    const publicKey = { challenge: base64url(CHALLENGE), rpId: 'whatsapp.com', allowCredentials: [other] };
    await page.evaluate(passkeySnippet({ id: 'a', publicKey, language: 'en' }));
    await page.getByRole('button', { name: 'Use my passkey' }).click();
    await page.getByText('The passkey could not be used: NotAllowedError').waitFor();
    expect(await page.getByRole('button', { name: 'Use my passkey' }).isVisible()).toBe(true);
  });
});
