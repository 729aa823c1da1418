import type { PasskeyOutcome } from '../../../instances/passkey/ceremonies.ts';

/** What the helper page says, in one language. */
export interface Texts {
  title: string;
  required: string;
  warning: string;
  timeLeft: string;
  computer: string;
  extension: { title: string; text: string; open: string };
  snippet: {
    title: string;
    copy: string;
    copySnippet: string;
    copied: string;
    open: string;
    console: string;
    paste: string;
    send: string;
  };
  noQr: string;
  verifying: string;
  finishing: string;
  confirmation: { text: string; confirm: string; differs: string };
  script: string;
  failedRequest: string;
  notJson: string;
  unknown: string;
  outcome: Record<PasskeyOutcome, string>;
}

const en: Texts = {
  title: 'Your passkey is needed',
  required: 'WhatsApp asks for the passkey of your account before it links this gateway:',
  warning:
    'Go on only if you know this name and started this yourself: whoever runs it will read and write your messages.',
  timeLeft: 'Time left:',
  computer: 'Use a computer. Keep your phone near, with WhatsApp open.',
  extension: {
    title: 'With the extension',
    text: 'Chrome, Edge, Brave or Opera, with the extension that your provider gave you:',
    open: 'Use my passkey on WhatsApp Web',
  },
  snippet: {
    title: 'Without the extension',
    copy: 'Copy this text:',
    copySnippet: 'Copy',
    copied: 'Copied',
    open: 'Open this page in another tab:',
    console:
      'There, press F12 (on a Mac: Cmd+Option+J), choose “Console”, type allow pasting if the browser asks for it, paste the text, press Enter, and press the button that appears.',
    paste: 'Paste here what that button gives you:',
    send: 'Send',
  },
  noQr: 'Do not scan the QR that WhatsApp Web shows.',
  verifying: 'WhatsApp checks the answer. Keep WhatsApp open on your phone.',
  finishing: 'Almost done. Keep WhatsApp open on your phone.',
  confirmation: {
    text: 'Compare this code with the one on your phone:',
    confirm: 'All of it is the same',
    differs: 'If it differs, close this page and the question on your phone.',
  },
  script: 'This page needs JavaScript.',
  failedRequest: 'The gateway did not answer. Try again.',
  notJson: 'This is not the text that the button gave you. Copy all of it.',
  unknown: 'This link is unknown or over. Start again on your provider’s page.',
  outcome: {
    linked: 'Connected. You can close this page.',
    passkey_timeout: 'The time is over. Start again on your provider’s page.',
    passkey_no_answer:
      'The phone did not answer. Open WhatsApp on it, take care that the passkey is that of this account, and start again.',
    passkey_rejected: 'WhatsApp refused this. Start again on your provider’s page.',
    passkey_cancelled: 'This was cancelled.',
    passkey_connection_lost: 'The connection to WhatsApp broke. Start again on your provider’s page.',
  },
};

const pt: Texts = {
  title: 'Sua chave de acesso é necessária',
  required: 'O WhatsApp pede a chave de acesso da sua conta antes de conectar este gateway:',
  warning:
    'Continue somente se conhece este nome e se foi você quem começou: quem o opera vai ler e escrever suas mensagens.',
  timeLeft: 'Tempo restante:',
  computer: 'Use um computador. Deixe o celular por perto, com o WhatsApp aberto.',
  extension: {
    title: 'Com a extensão',
    text: 'Chrome, Edge, Brave ou Opera, com a extensão que seu fornecedor enviou:',
    open: 'Usar minha chave de acesso no WhatsApp Web',
  },
  snippet: {
    title: 'Sem a extensão',
    copy: 'Copie este texto:',
    copySnippet: 'Copiar',
    copied: 'Copiado',
    open: 'Abra esta página em outra aba:',
    console:
      'Lá, aperte F12 (no Mac: Cmd+Option+J), escolha “Console”, digite allow pasting se o navegador pedir, cole o texto, aperte Enter e depois o botão que aparece.',
    paste: 'Cole aqui o que esse botão lhe dá:',
    send: 'Enviar',
  },
  noQr: 'Não escaneie o QR que o WhatsApp Web mostra.',
  verifying: 'O WhatsApp está verificando a resposta. Deixe o WhatsApp aberto no celular.',
  finishing: 'Quase pronto. Deixe o WhatsApp aberto no celular.',
  confirmation: {
    text: 'Compare este código com o do celular:',
    confirm: 'É todo igual',
    differs: 'Se for diferente, feche esta página e a pergunta no celular.',
  },
  script: 'Esta página precisa de JavaScript.',
  failedRequest: 'O gateway não respondeu. Tente de novo.',
  notJson: 'Este não é o texto que o botão lhe deu. Copie o texto inteiro.',
  unknown: 'Este link não vale mais. Comece de novo na página do fornecedor.',
  outcome: {
    linked: 'Conectado. Você pode fechar esta página.',
    passkey_timeout: 'O tempo acabou. Comece de novo na página do fornecedor.',
    passkey_no_answer:
      'O celular não respondeu. Abra o WhatsApp nele, confira se a chave de acesso é desta conta e comece de novo.',
    passkey_rejected: 'O WhatsApp recusou. Comece de novo na página do fornecedor.',
    passkey_cancelled: 'Isto foi cancelado.',
    passkey_connection_lost: 'A conexão com o WhatsApp caiu. Comece de novo na página do fornecedor.',
  },
};

export const TEXTS = { en, pt };
export type Language = keyof typeof TEXTS;
