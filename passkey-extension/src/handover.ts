/** What a link hands to the extension: where to answer, and for which ceremony. */
export interface Handover {
  /** Opens one ceremony and dies with it. */
  token: string;
  /** Base URL of the gateway, without a slash at its end. */
  base: string;
}

/** In front of the handover in the URL of WhatsApp Web. A fragment is never sent to a server. */
export const FRAGMENT = '#ryze-passkey=';

const MAX_LENGTH = 4_096;
const TOKEN = /^[A-Za-z0-9_-]{22,128}$/;
const LOOPBACK = new Set(['localhost', '127.0.0.1']);

/** Reads unpadded base64url JSON `{ token, base }`; null when it could lead to anything but a gateway. */
export function readHandover(encoded: string): Handover | null {
  if (encoded.length > MAX_LENGTH) return null;
  const value = parse(encoded);
  if (typeof value !== 'object' || value === null) return null;
  const { token, base } = value as Record<string, unknown>;
  if (typeof token !== 'string' || typeof base !== 'string' || !TOKEN.test(token)) return null;
  const url = readBase(base);
  return url === null ? null : { token, base: url };
}

/** The same for a link's fragment. */
export function writeHandover({ token, base }: Handover): string {
  return encode(JSON.stringify({ token, base }));
}

/** The permission to reach this gateway and no other. */
export function originPattern({ base }: Handover): string {
  return `${new URL(base).origin}/*`;
}

/** What a person compares: host, port and path; names in other scripts stand in their ASCII form. */
export function gatewayName({ base }: Handover): string {
  const { host, pathname } = new URL(base);
  return `${host}${pathname}`.replace(/\/$/, '');
}

/** Plain HTTP reaches only a gateway on this machine; elsewhere anybody between could link a device of theirs. */
function readBase(base: string): string | null {
  if (!URL.canParse(base)) return null;
  const url = new URL(base);
  const secure = url.protocol === 'https:' || (url.protocol === 'http:' && LOOPBACK.has(url.hostname));
  if (!secure || url.username || url.password || url.search || url.hash) return null;
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '');
}

function parse(encoded: string): unknown {
  try {
    const binary = atob(encoded.replaceAll('-', '+').replaceAll('_', '/'));
    const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    // A link that was cut short is no handover.
    return null;
  }
}

function encode(text: string): string {
  const binary = String.fromCharCode(...new TextEncoder().encode(text));
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}
