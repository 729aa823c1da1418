import { proto } from '../proto.ts';
import { bounded } from './bounded.ts';
import { catalog } from './catalog.ts';
import { type Around, type Content, EMPTY, type Kind } from './content.ts';
import { shared } from './context.ts';
import { captionOf, edit } from './edit.ts';
import { revocation } from './revoke.ts';

type Field = keyof proto.IMessage;

/** Wrappers inside wrappers, and quotes inside edits; WhatsApp uses three at most. */
const MAX_DEPTH = 8;

/**
 * Translates the content of a message. null when it is nothing that a person sees.
 * Total: no message makes it throw, visible content is at least `unknown`, and the result is bounded.
 */
export function readContent(message: proto.IMessage): Content | null {
  return bounded(read(message, 0));
}

function read(message: proto.IMessage, depth: number): Content | null {
  const { content, viewOnce } = proper(message);
  // What a person sees goes before anything that only travels with it.
  const field =
    contentField(content) ?? pick(content, (entry) => entry === 'protocol' || entry === 'wrapper');
  if (field === 'protocolMessage') return readProtocol(content.protocolMessage ?? {}, depth);
  // A message of a kind that our schema does not have yet decodes to nothing: it is there all the same.
  if (!field) return pick(content, (entry) => entry === 'silent') ? null : EMPTY;
  const info = contextOf(content[field]);
  const quoted = info?.quotedMessage ? nested(info.quotedMessage, depth) : null;
  return { ...readKind(content, field, { quoted, viewOnce }), ...shared(info, quoted) };
}

function nested(message: proto.IMessage, depth: number): Content | null {
  return depth < MAX_DEPTH ? read(message, depth + 1) : null;
}

/** The message proper, without what says how it travelled. */
export function unwrap(message: proto.IMessage): proto.IMessage {
  return proper(message).content;
}

const VIEW_ONCE: Field[] = ['viewOnceMessage', 'viewOnceMessageV2', 'viewOnceMessageV2Extension'];

function proper(message: proto.IMessage): { content: proto.IMessage; viewOnce: boolean } {
  let content = message;
  let viewOnce = false;
  for (let depth = 0; depth < MAX_DEPTH; depth++) {
    const wrapper = contentField(content) ? undefined : pick(content, (entry) => entry === 'wrapper');
    const inside = wrapper && (content[wrapper] as proto.Message.IFutureProofMessage).message;
    if (!inside) break;
    viewOnce ||= VIEW_ONCE.includes(wrapper);
    content = inside;
  }
  return { content, viewOnce };
}

function pick(
  content: proto.IMessage,
  wanted: (entry: (typeof catalog)[Field]) => boolean,
): Field | undefined {
  return (Object.keys(content) as Field[]).find((field) => {
    const entry = Object.hasOwn(catalog, field) ? catalog[field] : undefined;
    return entry !== undefined && content[field] !== null && content[field] !== undefined && wanted(entry);
  });
}

/** The field that says what the message is, for quoting it; undefined when there is none. */
export function contentField(content: proto.IMessage): Field | undefined {
  return pick(content, (entry) => typeof entry === 'function' || entry === 'unknown');
}

function readKind(content: proto.IMessage, field: Field, around: Around): Kind {
  const entry = catalog[field];
  if (typeof entry !== 'function') return { type: EMPTY.type, content: EMPTY.content };
  // `field` is the entry's own field, which the union of all readers cannot express.
  return (entry as (value: unknown, around: Around) => Kind)(content[field], around);
}

function contextOf(value: proto.IMessage[Field]): proto.IContextInfo | null {
  if (typeof value !== 'object' || value === null || !('contextInfo' in value)) return null;
  return value.contextInfo ?? null;
}

const { Type } = proto.Message.ProtocolMessage;

function readProtocol(message: proto.Message.IProtocolMessage, depth: number): Content | null {
  if (message.type === Type.REVOKE) return withKind(revocation(message), null);
  if (message.type !== Type.MESSAGE_EDIT || !message.editedMessage) return null;
  const inside = unwrap(message.editedMessage);
  const edited = nested(inside, depth);
  return withKind(edit(message, captionOf(inside) ?? edited?.content ?? ''), edited);
}

function withKind(kind: Kind | null, edited: Content | null): Content | null {
  if (!kind) return null;
  return {
    ...kind,
    isForwarded: edited?.isForwarded ?? false,
    context: edited?.context ?? null,
    mentioned: edited?.mentioned ?? [],
  };
}
