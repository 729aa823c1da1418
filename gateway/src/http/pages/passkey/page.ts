import type { Ceremony } from '../../../instances/passkey/ceremonies.ts';
import { PASSKEY_ORIGIN } from '../../../whatsapp/passkey/options.ts';
import type { PasskeyView } from '../../../whatsapp/passkey/port.ts';
import { passkeySnippet } from '../../../whatsapp/passkey/snippet.ts';
import { type Html, html } from './html.ts';
import { type Language, TEXTS, type Texts } from './texts.ts';

export interface PageOptions {
  language: Language;
  /** Of this ceremony. */
  token: string;
  /** Under which clients reach the gateway. */
  base: string;
  /** Unix milliseconds. */
  now: number;
}

/** The fragment that the extension takes over on WhatsApp Web. */
const HANDOVER = '#ryze-passkey=';

/** The page of a ceremony, as its step wants it; the page loads itself anew when that changes. */
export function ceremonyPage({ view, outcome }: Ceremony, options: PageOptions): string {
  const texts = TEXTS[options.language];
  if (outcome !== null) return document(options.language, html`<p class="big">${texts.outcome[outcome]}</p>`);
  const left = Math.max(0, Math.ceil((view.expiresAt - options.now) / 1000));
  return document(
    options.language,
    html`<p>${texts.required}</p>
<p class="big">${new URL(options.base).host}</p>
<p class="warning">${texts.warning}</p>
${steps(view, texts, options)}
<p>${texts.timeLeft} <output id="left" data-seconds="${left}">${left} s</output></p>
<p id="problem" role="alert" data-failed="${texts.failedRequest}" data-not-json="${texts.notJson}"></p>
<noscript><p class="warning">${texts.script}</p></noscript>
<script src="helper.js" type="module" data-id="${view.id}" data-state="${stateOf(view)}"></script>`,
  );
}

/** For a token that opens nothing. */
export function unknownPage(language: Language): string {
  return document(language, html`<p class="big">${TEXTS[language].unknown}</p>`);
}

/** Changes when the page is to be drawn anew. */
export function stateOf({ status, expiresAt }: PasskeyView): string {
  return `${status} ${expiresAt}`;
}

function steps(view: PasskeyView, texts: Texts, options: PageOptions): Html {
  if (view.status === 'required') return answerSteps(view, texts, options);
  if (view.status === 'confirmation') {
    const { text, confirm, differs } = texts.confirmation;
    return html`<p>${text}</p>
<p class="code">${view.code ?? ''}</p>
<p><button id="confirm">${confirm}</button></p>
<p>${differs}</p>`;
  }
  return html`<p class="big">${view.status === 'finishing' ? texts.finishing : texts.verifying}</p>`;
}

function answerSteps({ id, publicKey }: PasskeyView, texts: Texts, options: PageOptions): Html {
  const { token, base, language } = options;
  const handover = Buffer.from(JSON.stringify({ token, base })).toString('base64url');
  const { extension, snippet } = texts;
  return html`<p>${texts.computer}</p>
<section><h2>${extension.title}</h2>
<p>${extension.text}</p>
<p><a class="button" rel="noreferrer noopener" target="_blank" href="${PASSKEY_ORIGIN}/${HANDOVER}${handover}">${extension.open}</a></p>
</section>
<section><h2>${snippet.title}</h2>
<ol>
<li>${snippet.copy} <textarea id="snippet" rows="3" readonly>${passkeySnippet({ id, publicKey: publicKey ?? {}, language })}</textarea>
<button id="copy" data-copied="${snippet.copied}">${snippet.copySnippet}</button></li>
<li>${snippet.open} <a rel="noreferrer noopener" target="_blank" href="${PASSKEY_ORIGIN}">${PASSKEY_ORIGIN}</a></li>
<li>${snippet.console}</li>
<li><label>${snippet.paste} <textarea id="answer" rows="4" autocomplete="off" spellcheck="false"></textarea></label>
<button id="send">${snippet.send}</button></li>
</ol>
</section>
<p class="warning">${texts.noQr}</p>`;
}

function document(language: Language, body: Html): string {
  const { title } = TEXTS[language];
  return html`<!doctype html>
<html lang="${language}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title}</title>
<link rel="stylesheet" href="helper.css">
<main><h1>${title}</h1>
${body}
</main>
</html>
`.text;
}
