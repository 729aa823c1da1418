import type { InstanceRow } from '../storage/schema.ts';
import { type Seal, SealBroken } from '../storage/seal.ts';
import type { Logger } from '../telemetry/log.ts';
import { tokenContext } from './records.ts';

const CAPACITY = 10_000;

/**
 * The tokens of instances in clear: the API shows them on every read. Opening each seal would be most of the cost of a
 * list, so the newest tokens are kept, with the sealed bytes that they come from: a rotated token has other bytes.
 */
export class TokensInClear {
  readonly #seal: Seal;
  readonly #log: Logger;
  readonly #known = new Map<string, { sealed: Uint8Array; token: string }>();

  constructor({ seal, log }: { seal: Seal; log: Logger }) {
    this.#seal = seal;
    this.#log = log;
  }

  /** '' when it was sealed with a key that is lost. */
  of({ id, token_sealed: sealed }: Pick<InstanceRow, 'id' | 'token_sealed'>): string {
    const known = this.#known.get(id);
    if (known && Buffer.compare(known.sealed, sealed) === 0) return known.token;
    const token = this.#open(id, sealed);
    this.#known.delete(id);
    const [oldest] = this.#known.keys();
    if (this.#known.size >= CAPACITY && oldest !== undefined) this.#known.delete(oldest);
    this.#known.set(id, { sealed, token });
    return token;
  }

  #open(id: string, sealed: Uint8Array): string {
    try {
      return this.#seal.open(sealed, tokenContext(id)).toString();
    } catch (error) {
      if (!(error instanceof SealBroken)) throw error;
      this.#log.warn(
        { instanceId: id, err: error },
        'cannot open the token of an instance; it is shown empty',
      );
      return '';
    }
  }
}
