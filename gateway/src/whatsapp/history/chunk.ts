import { proto } from '../proto.ts';
import { type WireHistoryEntry, wireHistoryEntry } from '../wire.ts';
import { type Conversation, readConversation } from './conversation.ts';
import { type Field, fieldsOf, Malformed, streamedFields } from './fields.ts';

/** A chunk of history as a row of small steps. `part` counts its parts from 1; a part has ended when the next begins. */
export type HistoryStep = { part: number } & (
  | { kind: 'conversation'; conversation: Conversation }
  /** A message of the last conversation, newest first, or a status (`conversation` null). */
  | { kind: 'message'; message: WireHistoryEntry; conversation: Conversation | null }
  /** Its messages of this chunk have come. */
  | { kind: 'conversation end'; conversation: Conversation }
  | { kind: 'name'; jid: string; name: string }
  | { kind: 'pair'; jid: string; lid: string }
);

/** Fields of `HistorySync` and `Conversation`. */
const CONVERSATIONS = 2;
const STATUSES = 3;
const PUSH_NAMES = 7;
const PAIRS = 15;
const MESSAGES = 2;

/**
 * Reads a chunk (`proto.HistorySync`, unpacked) as it comes; one conversation is in memory at a time, its messages are
 * decoded one by one. Parts up to `done` are passed over. What makes no sense in itself is left out; bytes that are no
 * protobuf throw `Malformed`.
 */
export async function* historySteps(
  source: AsyncIterable<Uint8Array>,
  { done, newest }: { done: number; newest: boolean },
): AsyncGenerator<HistoryStep> {
  let part = 0;
  for await (const field of streamedFields(source)) {
    if (++part <= done) continue;
    yield* stepsOf(field, part, newest);
  }
}

function* stepsOf({ number, value }: Field, part: number, newest: boolean): Generator<HistoryStep> {
  switch (number) {
    case CONVERSATIONS:
      yield* conversationSteps(value, part, newest);
      break;
    case STATUSES: {
      const message = messageIn(value);
      if (message) yield { part, kind: 'message', message, conversation: null };
      break;
    }
    case PUSH_NAMES: {
      const { id, pushname } = decoded(() => proto.Pushname.decode(value)) ?? {};
      if (id && pushname) yield { part, kind: 'name', jid: id, name: pushname };
      break;
    }
    case PAIRS: {
      const { pnJid, lidJid } = decoded(() => proto.PhoneNumberToLIDMapping.decode(value)) ?? {};
      if (pnJid && lidJid) yield { part, kind: 'pair', jid: pnJid, lid: lidJid };
      break;
    }
  }
}

function* conversationSteps(value: Uint8Array, part: number, newest: boolean): Generator<HistoryStep> {
  const fields = decoded(() => [...fieldsOf(value)]);
  if (!fields) return;
  const own = fields.filter(({ number }) => number !== MESSAGES).map(({ encoded }) => encoded);
  const said = decoded(() => proto.Conversation.decode(Buffer.concat(own)));
  const conversation = said && readConversation(said, newest);
  if (!conversation) return;
  yield { part, kind: 'conversation', conversation };
  for (const { number, value: entry } of fields) {
    if (number !== MESSAGES) continue;
    const message = decoded(() => proto.HistorySyncMsg.decode(entry))?.message;
    if (message?.key) yield { part, kind: 'message', message: asReceived(message), conversation };
  }
  yield { part, kind: 'conversation end', conversation };
}

function messageIn(value: Uint8Array): WireHistoryEntry | null {
  const message = decoded(() => proto.WebMessageInfo.decode(value));
  return message?.key ? asReceived(message) : null;
}

/** In history the author of a group message stands beside the key. */
function asReceived(message: proto.IWebMessageInfo): WireHistoryEntry {
  const { key } = message;
  return wireHistoryEntry({
    ...message,
    key: { ...key, participant: key?.participant || message.participant || null },
  });
}

/** null when these bytes are not what they should be. */
function decoded<T>(decode: () => T): T | null {
  try {
    return decode();
  } catch (error) {
    if (error instanceof RangeError || error instanceof Malformed || isDecodeError(error)) return null;
    throw error;
  }
}

/** protobufjs throws plain errors on wrong wire types and cut-off texts. */
function isDecodeError(error: unknown): boolean {
  return error instanceof Error && (error.name === 'ProtocolError' || error.constructor === Error);
}
