import { Boom } from '@hapi/boom';
import { type BinaryNode, getBinaryNodeChild, type WASocket } from 'baileys';

type Socket = Pick<WASocket, 'ws' | 'requestPairingCode'>;

/** WhatsApp refused a step of linking by code. */
export function codeRefused(node: BinaryNode): Boom {
  const { code, text } = getBinaryNodeChild(node, 'error')?.attrs ?? {};
  const status = Number(code);
  const statusCode = status >= 400 && status < 600 ? status : 500;
  return new Boom(`WhatsApp refused the pairing code (${code ?? 'no code'}${text ? `, ${text}` : ''})`, {
    statusCode,
  });
}

/**
 * Asks WhatsApp for a pairing code for this number. Resolves with `XXXX-XXXX` once WhatsApp has taken it; never, when it
 * refuses, which is the caller's to see. Baileys (7.0.0-rc14) hands the code out before WhatsApp has answered, and
 * drops a refusal; this may go when its `requestPairingCode` waits for the answer.
 */
export async function requestPairingCode(
  { ws, requestPairingCode }: Socket,
  number: string,
): Promise<string> {
  const taken = new Promise<void>((resolve) => {
    const onAnswer = () => {
      ws.off('CB:iq,type:result,link_code_companion_reg', onAnswer);
      resolve();
    };
    ws.on('CB:iq,type:result,link_code_companion_reg', onAnswer);
  });
  const code = await requestPairingCode(number);
  await taken;
  return `${code.slice(0, 4)}-${code.slice(4)}`;
}
