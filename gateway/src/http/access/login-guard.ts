import { type Decision, MemoryRateStore } from './rate-limit.ts';

export const FAILED_LOGINS_PER_MINUTE = 100;
const TRUSTED_MS = 10 * 60_000;
/** A login that is remembered is noted again only after this, so that a busy client costs nothing here. */
const NOTE_AGAIN_MS = 60_000;
const TRUSTED_CAPACITY = 50_000;

/**
 * Slows down guessing: failed logins are counted per client address, and a spent address is refused before its token
 * is looked up. Tokens that authenticated from the address a short while ago pass, so that a client behind the same
 * address cannot lock out a tenant.
 */
export class LoginGuard {
  readonly #limit: number;
  readonly #failures = new MemoryRateStore();
  /** `<address> <lookup>` → last successful login, oldest first. */
  readonly #trusted = new Map<string, number>();

  constructor(limit = FAILED_LOGINS_PER_MINUTE) {
    this.#limit = limit;
  }

  /** The address's bucket, for the headers of answers without a principal. */
  bucket(address: string, now: number): Decision {
    return this.#failures.peek(guardedAddress(address), this.#limit, now);
  }

  /** Whether this request is to be refused unheard. `lookup`: hash of its token, null without one. */
  refuses(address: string, lookup: string | null, now: number): boolean {
    if (this.#failures.size === 0 || this.bucket(address, now).allowed) return false;
    const key = `${guardedAddress(address)} ${lookup}`;
    const last = this.#trusted.get(key);
    return lookup === null || last === undefined || now - last >= TRUSTED_MS;
  }

  failed(address: string, now: number): Decision {
    return this.#failures.take(guardedAddress(address), this.#limit, now);
  }

  succeeded(address: string, lookup: string, now: number): void {
    const key = `${guardedAddress(address)} ${lookup}`;
    const last = this.#trusted.get(key);
    if (last !== undefined && Math.abs(now - last) < NOTE_AGAIN_MS) return;
    this.#trusted.delete(key);
    this.#trusted.set(key, now);
    for (const [oldest, at] of this.#trusted) {
      if (now - at < TRUSTED_MS && this.#trusted.size <= TRUSTED_CAPACITY) break;
      this.#trusted.delete(oldest);
    }
  }
}

const IPV6_NETWORK_GROUPS = 4;

/** One subscriber holds a whole /64 of IPv6: counting single addresses would limit no one. */
export function guardedAddress(address: string): string {
  if (!address.includes(':')) return address;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped) return mapped;
  const [head = '', tail] = address.split('%')[0]?.split('::') ?? [];
  const front = head === '' ? [] : head.split(':');
  const back = tail ? tail.split(':') : [];
  const groups = [...front, ...Array(Math.max(0, 8 - front.length - back.length)).fill('0'), ...back];
  return `${groups
    .slice(0, IPV6_NETWORK_GROUPS)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}
