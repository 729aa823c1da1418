import { type BinaryNode, S_WHATSAPP_NET, type WASocket } from 'baileys';
import { SendFailed } from '../session.ts';
import { queryFailure } from './query-failure.ts';

/** WhatsApp may take long, over large groups most of all; a caller that cannot wait so long passes its own limit. */
const TIMEOUT_MS = 60_000;

/** The connection that a family of operations asks through. */
export interface Asking {
  socket: WASocket;
  ended(): boolean;
}

export interface Question {
  xmlns: string;
  type: 'get' | 'set';
  /** Whom or what it is about, where that is not the account itself. */
  target?: string;
  content?: BinaryNode[];
  timeoutMs?: number;
}

/** Asks WhatsApp's server and resolves with its answer. Throws `SendFailed`; a refusal carries code and text. */
export async function ask({ socket, ended }: Asking, question: Question): Promise<BinaryNode> {
  const { xmlns, type, target, content, timeoutMs = TIMEOUT_MS } = question;
  const id = socket.generateMessageTag();
  const attrs = { id, to: S_WHATSAPP_NET, type, xmlns, ...(target !== undefined && { target }) };
  return whileOpen(ended, async () => {
    const answer = await socket.query({ tag: 'iq', attrs, ...(content && { content }) }, timeoutMs);
    if (!answer) throw new SendFailed({ kind: 'timed_out' });
    return answer;
  });
}

/** Runs a query, also one of the engine's own, on a connection that has not ended. Throws `SendFailed`. */
export async function whileOpen<T>(ended: () => boolean, query: () => Promise<T>): Promise<T> {
  if (ended()) throw new SendFailed({ kind: 'not_connected' });
  try {
    return await query();
  } catch (error) {
    throw queryFailure(error);
  }
}
