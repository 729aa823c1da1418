import type { CloseReason } from '../../whatsapp/link.ts';

/** The `data` of an `instance.state` event, without the parts that are the same for all. */
export interface StateReport {
  state: string;
  reason: string | null;
  code: number | null;
  /** Unix milliseconds. */
  expiresAt: number | null;
}

/** What follows from the end of a connection. */
export interface AfterClose {
  /**
   * - `restart`: open again at once (WhatsApp asked for it).
   * - `retry`: open again after a backoff; `wait` replaces the backoff (milliseconds).
   * - `stop`: stay down until the next command; `forgiving` lets the next start of the process try again.
   * - `unlinked`: the device is gone; with `wipe` its keys are worthless and go too.
   */
  next:
    | { do: 'restart' }
    | { do: 'retry'; wait: number | null }
    | { do: 'stop'; forgiving: boolean }
    | { do: 'unlinked'; wipe: boolean };
  /** null = nothing to report. */
  report: StateReport | null;
}

const RESTART_REQUIRED = 515;
const UNLINKED = 401;
const TEMPORARILY_BANNED = 402;
const LOCKED = new Set([403, 406]);
const OUTDATED = 405;
const CREDENTIAL_NOT_REFRESHED = new Set([413, 414]);
const REPLACED = 440;
const LOST = 408;
const UNAVAILABLE = 503;

/**
 * The table of disconnect reasons. Keys are wiped on 401 alone: 408, 428, 440, 500, 503 and 515 are ordinary, and
 * 500 is also Baileys' code for a stream error that it does not know.
 */
export function afterClose({ kind, code, text, banSeconds }: CloseReason, now: number): AfterClose {
  const report = (state: string, reason: string | null, expiresAt: number | null = null): StateReport => ({
    state,
    reason,
    code,
    expiresAt,
  });
  const retry = { do: 'retry', wait: null } as const;
  const stop = { do: 'stop', forgiving: false } as const;

  if (kind === 'unlinked') {
    return { next: { do: 'unlinked', wipe: true }, report: report('logged_out', 'requested') };
  }
  if (kind === 'ours') return { next: stop, report: null };
  if (code === RESTART_REQUIRED) return { next: { do: 'restart' }, report: null };
  if (code === UNLINKED) {
    return { next: { do: 'unlinked', wipe: true }, report: report('logged_out', 'device_removed') };
  }
  if (code !== null && LOCKED.has(code)) {
    return { next: { do: 'unlinked', wipe: false }, report: report('logged_out', 'account_locked') };
  }
  if (code === REPLACED) return { next: stop, report: report('stream_replaced', null) };
  if (code === TEMPORARILY_BANNED) {
    const wait = banSeconds === null ? null : banSeconds * 1000;
    return {
      next: wait === null ? stop : { do: 'retry', wait },
      report: report('temp_banned', null, wait === null ? null : now + wait),
    };
  }
  // A newer version of the gateway comes with a restart.
  if (code === OUTDATED)
    return { next: { do: 'stop', forgiving: true }, report: report('client_outdated', null) };
  if (code !== null && CREDENTIAL_NOT_REFRESHED.has(code)) {
    return { next: retry, report: report('cat_refresh_error', null) };
  }
  if (code === UNAVAILABLE) return { next: retry, report: report('disconnected', 'unavailable') };
  if (kind === 'login') return { next: retry, report: report('connect_failure', text) };
  if (kind === 'stream') return { next: retry, report: report('stream_error', text) };
  return {
    next: retry,
    report: report('disconnected', code === LOST ? 'connection_lost' : 'connection_closed'),
  };
}
