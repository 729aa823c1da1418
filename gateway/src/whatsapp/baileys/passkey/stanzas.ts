import { type BinaryNode, getBinaryNodeChild, S_WHATSAPP_NET } from 'baileys';

/** WhatsApp's server, as decoded from a pair and from a plain string. */
const SERVER = new Set([S_WHATSAPP_NET, S_WHATSAPP_NET.slice(1)]);
const MAX_REF_BYTES = 1_024;

export function isFromServer({ attrs }: BinaryNode): boolean {
  return SERVER.has(attrs.from ?? '');
}

export function askOptions(): BinaryNode {
  return iq('get', [node('passkey_request_options')]);
}

export function askRef(): BinaryNode {
  return iq('get', [node('ref')]);
}

export function prologue(content: {
  credentialId: Uint8Array;
  assertion: string;
  payload: Uint8Array;
  proof: Uint8Array | null;
}): BinaryNode {
  const { credentialId, assertion, payload, proof } = content;
  const children = [
    node('credential_id', credentialId),
    node('webauthn_assertion', Buffer.from(assertion)),
    node('prologue_payload', payload),
  ];
  if (proof) children.push(node('pairing_handoff_proof', proof));
  return iq('set', [node('passkey_prologue', children)]);
}

export function companionNonce(nonce: Uint8Array): BinaryNode {
  // A copy: the nonce is wiped while the engine may still hold the node.
  return iq('set', [node('companion_nonce', Buffer.from(nonce))]);
}

export function encryptedRequest(bytes: Uint8Array): BinaryNode {
  return iq('set', [node('encrypted_pairing_request', bytes)]);
}

/** The bytes of a child; null when it is missing or has children of its own. */
export function childBytes(parent: BinaryNode, tag: string): Uint8Array | null {
  const content = getBinaryNodeChild(parent, tag)?.content;
  if (typeof content === 'string') return Buffer.from(content);
  return content instanceof Uint8Array ? content : null;
}

/** The ref of an answer to `askRef`; null when there is none that could be used. */
export function readRef(answer: BinaryNode): string | null {
  const bytes = childBytes(answer, 'ref');
  if (!bytes || bytes.length === 0 || bytes.length > MAX_REF_BYTES) return null;
  const text = Buffer.from(bytes).toString();
  return Buffer.from(text).equals(bytes) ? text : null;
}

function iq(type: 'get' | 'set', content: BinaryNode[]): BinaryNode {
  return { tag: 'iq', attrs: { to: S_WHATSAPP_NET, xmlns: 'md', type }, content };
}

function node(tag: string, content?: BinaryNode[] | Uint8Array): BinaryNode {
  return content === undefined ? { tag, attrs: {} } : { tag, attrs: {}, content };
}
