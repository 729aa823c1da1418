import { timestamp } from '../clock.ts';
import type { Logger } from '../telemetry/log.ts';

/** Version of WhatsApp's web client, as in `2.3000.1043857760`. */
export type VersionNumbers = [number, number, number];

/** The latest time that a date can hold. */
const LATEST_MS = 8.64e15;

/**
 * The version that this gateway names to WhatsApp, and what WhatsApp says of it: one for all instances. The operator
 * learns of it in the log, once, and in `/health`.
 */
export class ClientVersion {
  /** The operator's choice; null = the engine's own. */
  readonly chosen: VersionNumbers | null;
  readonly #log: Logger;
  #refused = false;
  #refusedFrom: number | null = null;

  constructor(chosen: VersionNumbers | null, log: Logger) {
    this.chosen = chosen;
    this.#log = log;
  }

  /** A login was refused because of the version. */
  refused(): void {
    if (this.#refused) return;
    this.#refused = true;
    this.#log.error('WhatsApp refuses this client version: update the gateway, or set WHATSAPP_VERSION');
  }

  /** A login was accepted. */
  accepted(): void {
    this.#refused = false;
  }

  /** WhatsApp announced when it refuses the version (Unix milliseconds), or withdrew that (null). */
  announced(from: number | null): void {
    if (from === this.#refusedFrom) return;
    this.#refusedFrom = from;
    if (from === null) this.#log.info('WhatsApp takes this client version after all');
    else {
      const text = 'WhatsApp announced that it will refuse this client version: update the gateway in time';
      this.#log.warn({ from: timestamp(from) }, text);
    }
  }

  /** A check of `/health`; null = nothing to report. */
  health(): { ok: boolean; says: string } | null {
    if (this.#refused) return { ok: false, says: 'fail: WhatsApp refuses this client version' };
    return this.#refusedFrom === null ? null : { ok: true, says: `ok until ${timestamp(this.#refusedFrom)}` };
  }
}

/** Reads the time of an announcement; undefined when it is none. */
export function announcedTime(seconds: string | undefined): number | null | undefined {
  if (seconds === undefined) return null;
  const ms = Number(seconds) * 1_000;
  return ms > 0 && ms <= LATEST_MS ? ms : undefined;
}
