import type { Phones } from '../phones/directory.ts';
import { type Stanza, stanza } from '../wire/stanza.ts';
import { ControlError, type Route } from './http.ts';
import { phoneOf } from './phones.ts';

/** Nodes inside nodes. */
const MAX_DEPTH = 10;

/** Stanzas as they are written, for what WhatsApp sends and nothing here has a reason to send. */
export function stanzaRoutes(phones: Phones): Route[] {
  return [
    {
      method: 'POST',
      path: '/control/phones/:number/stanza',
      handle: ({ params, body }) => {
        const node = nodeOf(body.stanza, 0);
        const companions = [...phoneOf(phones, params.number).account.devices.values()];
        const there = companions.filter(({ id, live }) => id !== 0 && live);
        for (const { endpoint } of there) endpoint?.deliver(node);
        return { sent: there.length };
      },
    },
  ];
}

/** `{tag, attrs?, content?}`; content is a list of nodes, a text, or bytes as `{hex}`. */
function nodeOf(value: unknown, depth: number): Stanza {
  if (!isRecord(value) || typeof value.tag !== 'string' || depth > MAX_DEPTH) throw notAStanza();
  const attrs = isRecord(value.attrs) ? value.attrs : {};
  const named = Object.fromEntries(Object.entries(attrs).map(([name, text]) => [name, String(text)]));
  return stanza(value.tag, named, contentOf(value.content, depth));
}

function contentOf(value: unknown, depth: number): Stanza[] | Uint8Array | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'string') return Buffer.from(value);
  if (Array.isArray(value)) return value.map((each) => nodeOf(each, depth + 1));
  if (isRecord(value) && typeof value.hex === 'string') return Buffer.from(value.hex, 'hex');
  throw notAStanza();
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function notAStanza(): ControlError {
  return new ControlError(400, 'stanza is not a stanza');
}
