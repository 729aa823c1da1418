import { createReadStream } from 'node:fs';

const HEAD_CHARACTERS = 16 * 1024;
/** A backslash and what belongs to it, when the piece ends before it is whole. */
const CUT_ESCAPE = /\\(?:u[\da-f]{0,3})?$/i;
const ESCAPE = /\\(?:u([\da-f]{4})|(.))/gis;
const SHORT: Record<string, string> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' };

/**
 * A string of a JSON body that is too long for memory and lies in a file as it was written, escapes included. Meant for
 * base64: characters beyond ASCII come out as others, which are no base64 either.
 */
export class SpooledText {
  readonly #path: string;
  /** How it begins. */
  readonly head: string;

  private constructor(path: string, head: string) {
    this.#path = path;
    this.head = head;
  }

  static async open(path: string): Promise<SpooledText> {
    const text = new SpooledText(path, '');
    let head = '';
    for await (const piece of text.pieces()) {
      head += piece;
      if (head.length >= HEAD_CHARACTERS) break;
    }
    return new SpooledText(path, head);
  }

  /** The text, piece by piece. */
  async *pieces(): AsyncGenerator<string> {
    let left = '';
    for await (const chunk of createReadStream(this.#path, { encoding: 'latin1' }) as AsyncIterable<string>) {
      const text = left + chunk;
      // Only an odd number of backslashes at the end begins an escape; a pair is one that is whole.
      const cut = CUT_ESCAPE.exec(text);
      const whole = cut && isOpen(text, cut.index) ? cut.index : text.length;
      left = text.slice(whole);
      yield unescaped(text.slice(0, whole));
    }
    if (left) yield left;
  }
}

function isOpen(text: string, backslash: number): boolean {
  let before = backslash;
  while (before > 0 && text[before - 1] === '\\') before -= 1;
  return (backslash - before) % 2 === 0;
}

function unescaped(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replace(ESCAPE, (_, code: string | undefined, letter: string) =>
    code === undefined ? (SHORT[letter] ?? letter) : String.fromCharCode(Number.parseInt(code, 16)),
  );
}
