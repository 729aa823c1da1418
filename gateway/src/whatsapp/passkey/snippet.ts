import { PASSKEY_ORIGIN } from './options.ts';

const TEXTS = {
  en: {
    wrongPage: `Run this on ${PASSKEY_ORIGIN}`,
    sign: 'Use my passkey',
    copy: 'Copy',
    copied: 'Copied. Paste it into the page of your gateway.',
    failed: 'The passkey could not be used: ',
  },
  pt: {
    wrongPage: `Execute isto em ${PASSKEY_ORIGIN}`,
    sign: 'Usar minha chave de acesso',
    copy: 'Copiar',
    copied: 'Copiado. Cole na página do seu gateway.',
    failed: 'Não foi possível usar a chave de acesso: ',
  },
} as const;

export interface SnippetOptions {
  /** Of the ceremony. */
  id: string;
  /** WebAuthn's request options as WhatsApp sent them. */
  publicKey: Record<string, unknown>;
  language: keyof typeof TEXTS;
}

/**
 * JavaScript for the browser's console on WhatsApp Web. It asks for the passkey after a click, because the console
 * takes the focus away from the page, and shows the body of `POST …/response` in a field, because that page's policy
 * forbids it to send anything to a gateway. It builds elements and no HTML: the page forbids that too.
 */
export function passkeySnippet({ id, publicKey, language }: SnippetOptions): string {
  return `(() => {
  const texts = ${literal(TEXTS[language])};
  const id = ${literal(id)};
  const publicKey = JSON.parse(${literal(JSON.stringify(publicKey))});
  if (location.origin !== ${literal(PASSKEY_ORIGIN)}) throw new Error(texts.wrongPage);
  const bytes = (text) =>
    Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0));
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer)))
      .replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
  const sign = async () => {
    const allowCredentials = (publicKey.allowCredentials ?? []).map((each) => ({ ...each, id: bytes(each.id) }));
    const challenge = bytes(publicKey.challenge);
    const signed = await navigator.credentials.get({ publicKey: { ...publicKey, challenge, allowCredentials } });
    const { clientDataJSON, authenticatorData, signature, userHandle } = signed.response;
    const rawId = text(signed.rawId);
    const response = {
      clientDataJSON: text(clientDataJSON),
      authenticatorData: text(authenticatorData),
      signature: text(signature),
      userHandle: userHandle?.byteLength ? text(userHandle) : null,
    };
    return JSON.stringify({ id, credential: { id: rawId, rawId, type: 'public-key', response } });
  };
  const dialog = document.createElement('dialog');
  const status = document.createElement('p');
  const field = document.createElement('textarea');
  const button = document.createElement('button');
  field.readOnly = true;
  field.rows = 8;
  field.cols = 60;
  field.hidden = true;
  button.textContent = texts.sign;
  const copy = async () => {
    field.select();
    await navigator.clipboard.writeText(field.value);
    status.textContent = texts.copied;
  };
  button.onclick = async () => {
    try {
      field.value = await sign();
      field.hidden = false;
      field.select();
      button.textContent = texts.copy;
      button.onclick = copy;
    } catch (error) {
      status.textContent = texts.failed + error.name;
    }
  };
  dialog.append(status, field, button);
  document.body.append(dialog);
  dialog.showModal();
})();
`;
}

/** A value as source text that a page can also carry inside a script or an attribute. */
function literal(value: unknown): string {
  return JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
