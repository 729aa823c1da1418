import { child, children, type Stanza } from '../../wire/stanza.ts';
import { INVALID, StanzaError } from '../stanza-error.ts';

/** Attribute of `<meta>` that a message of this type has to carry. */
const ATTRIBUTE: Record<string, string> = { poll: 'polltype', event: 'event_type' };

/**
 * Polls and events say in the clear which step they are (creation, vote, response). A copy that was asked for again
 * goes without it.
 */
export function requireMeta(node: Stanza): void {
  const attribute = ATTRIBUTE[node.attrs.type ?? ''];
  if (!attribute || child(node, 'meta')?.attrs[attribute]) return;
  if (children(node, 'enc').some((enc) => enc.attrs.count !== undefined)) return;
  throw new StanzaError(INVALID, `${node.attrs.type} without its meta`);
}
