import { type Stanza, stanza } from '../wire/stanza.ts';

/** WhatsApp's code for a stanza that fails validation (wrong or stale devices, missing parts). */
export const INVALID = 479;

/** A request the server refuses; becomes `<iq type="error"><error code text/></iq>`. */
export class StanzaError extends Error {
  readonly code: number;

  constructor(code: number, text: string) {
    super(text);
    this.code = code;
  }

  toStanza(): Stanza {
    return stanza('error', { code: String(this.code), text: this.message });
  }
}
