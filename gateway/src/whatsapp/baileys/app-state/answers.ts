import { type BinaryNode, getBinaryNodeChild, getBinaryNodeChildren, proto } from 'baileys';

/** What the server says of one collection. */
export interface CollectionAnswer {
  name: string;
  /** Why the request for this collection was refused; 409 = the patch was not on top. */
  refused: { code: number; text: string } | null;
  /** Where the whole collection is, when it was sent as one. */
  snapshot: proto.IExternalBlobReference | null;
  patches: proto.ISyncdPatch[];
  more: boolean;
}

/** Reads an answer to `w:sync:app:state`. */
export function readAnswer(answer: BinaryNode): CollectionAnswer[] {
  return getBinaryNodeChildren(getBinaryNodeChild(answer, 'sync'), 'collection').map(readCollection);
}

/** Asks for what is new in a collection, or for all of it; `patch` is to be put on top of `version`. */
export function askFor(
  name: string,
  version: number,
  asked: { whole?: boolean; patch?: Uint8Array },
): BinaryNode {
  const { whole = false, patch } = asked;
  const attrs = { name, version: String(version), return_snapshot: String(whole) };
  return {
    tag: 'collection',
    attrs,
    ...(patch && { content: [{ tag: 'patch', attrs: {}, content: patch }] }),
  };
}

function readCollection(node: BinaryNode): CollectionAnswer {
  const { name = '', type, has_more_patches } = node.attrs;
  const error = getBinaryNodeChild(node, 'error')?.attrs;
  const snapshot = bytesOf(getBinaryNodeChild(node, 'snapshot'));
  const patches = getBinaryNodeChildren(getBinaryNodeChild(node, 'patches') ?? node, 'patch');
  return {
    name,
    refused: type === 'error' ? { code: Number(error?.code) || 0, text: error?.text ?? '' } : null,
    snapshot: snapshot ? proto.ExternalBlobReference.decode(snapshot) : null,
    patches: patches.map(bytesOf).flatMap((bytes) => (bytes ? [proto.SyncdPatch.decode(bytes)] : [])),
    more: has_more_patches === 'true',
  };
}

function bytesOf(node: BinaryNode | undefined): Uint8Array | null {
  return node?.content instanceof Uint8Array && node.content.length > 0 ? node.content : null;
}
