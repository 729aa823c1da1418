import { proto } from 'baileys';
import { catalog } from './catalog.ts';
import { type Content, EMPTY, type Kind } from './content.ts';
import { shared } from './context.ts';
import { captionOf, edit } from './edit.ts';
import { revocation } from './revoke.ts';

type Field = keyof proto.IMessage;

/** Wrappers inside wrappers, and quotes inside edits; WhatsApp uses three at most. */
const MAX_DEPTH = 8;

/**
 * Translates the content of a message. null when it is nothing that a person sees.
 * Total: whatever the message holds, it never throws, and visible content is at least `unknown`.
 */
export function readContent(message: proto.IMessage, depth = 0): Content | null {
  const content = unwrap(message);
  const field = pick(content, (entry) => entry !== 'silent' && entry !== 'beside');
  if (field === 'protocolMessage') return readProtocol(content.protocolMessage ?? {}, depth);
  // A message of a kind that our schema does not have yet decodes to nothing: it is there all the same.
  if (!field) return pick(content, (entry) => entry === 'silent') ? null : EMPTY;
  return {
    ...readKind(content, field),
    ...shared(contextOf(content[field]), (quoted) => nested(quoted, depth)),
  };
}

function nested(message: proto.IMessage, depth: number): Content | null {
  return depth < MAX_DEPTH ? readContent(message, depth + 1) : null;
}

/** The message proper, without what says how it travelled. */
export function unwrap(message: proto.IMessage): proto.IMessage {
  let content = message;
  for (let depth = 0; depth < MAX_DEPTH; depth++) {
    const wrapper = pick(content, (entry) => entry === 'wrapper');
    const inside = wrapper && (content[wrapper] as proto.Message.IFutureProofMessage).message;
    if (!inside) break;
    content = inside;
  }
  return content;
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

function readKind(content: proto.IMessage, field: Field): Kind {
  const entry = catalog[field];
  if (typeof entry !== 'function') return { type: EMPTY.type, content: EMPTY.content };
  // `field` is the entry's own field, which the union of all readers cannot tell.
  return (entry as (value: unknown) => Kind)(content[field]);
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
