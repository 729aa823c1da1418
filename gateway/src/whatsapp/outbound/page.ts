const TITLE_CHARACTERS = 256;
const DESCRIPTION_CHARACTERS = 512;

export interface Page {
  title: string;
  description: string | null;
  /** As the page writes it, which may be relative to it. */
  image?: string;
}

/** What a page says of itself in its head; null without a title. `html` may be cut off anywhere. */
export function readPage(html: Uint8Array, contentType: string): Page | null {
  const text = decode(html, contentType);
  const metas = metaTags(text);
  const title = metas.get('og:title') ?? metas.get('twitter:title') ?? titleTag(text);
  const description = metas.get('og:description') ?? metas.get('description');
  const shownTitle = shown(title, TITLE_CHARACTERS);
  if (!shownTitle) return null;
  const image = unescapeHtml(metas.get('og:image') ?? metas.get('twitter:image') ?? '').trim();
  return {
    title: shownTitle,
    description: shown(description, DESCRIPTION_CHARACTERS),
    ...(image && { image }),
  };
}

function decode(html: Uint8Array, contentType: string): string {
  const label = /charset=["']?([\w-]+)/i.exec(contentType)?.[1] ?? 'utf-8';
  try {
    return new TextDecoder(label).decode(html);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return new TextDecoder().decode(html); // a charset that does not exist
  }
}

/** `name` or `property` of each meta tag with its content; the first of a name counts. */
function metaTags(html: string): Map<string, string> {
  const metas = new Map<string, string>();
  for (const [tag] of html.matchAll(/<meta\b[^>]{0,4096}>/gi)) {
    const attributes = new Map<string, string>();
    for (const [, name = '', quoted, single, bare] of tag.matchAll(
      /([\w:-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/g,
    )) {
      attributes.set(name.toLowerCase(), quoted ?? single ?? bare ?? '');
    }
    const name = (attributes.get('property') ?? attributes.get('name'))?.toLowerCase();
    const content = attributes.get('content');
    if (name && content && !metas.has(name)) metas.set(name, content);
  }
  return metas;
}

function titleTag(html: string): string | undefined {
  return /<title\b[^>]{0,1024}>([^<]*)/i.exec(html)?.[1];
}

function shown(text: string | undefined, characters: number): string | null {
  const clean = unescapeHtml(text ?? '')
    .replace(/\s+/g, ' ')
    .trim();
  return [...clean].slice(0, characters).join('') || null;
}

const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' };
const LAST_CODE_POINT = 0x10ffff;

function unescapeHtml(text: string): string {
  return text.replace(/&(#x[\da-f]{1,6}|#\d{1,7}|\w{1,8});/gi, (entity, name: string) => {
    if (!name.startsWith('#')) return ENTITIES[name.toLowerCase()] ?? entity;
    const code = /^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : Number.parseInt(name.slice(1), 10);
    return code > 0 && code <= LAST_CODE_POINT ? String.fromCodePoint(code) : entity;
  });
}
