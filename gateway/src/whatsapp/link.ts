import type { DatabaseTransaction } from '../storage/queries.ts';
import type { InstanceRow } from '../storage/schema.ts';
import type { PasskeyPort } from './passkey/port.ts';
import type { Session } from './session.ts';

/**
 * The port through which instances are linked to WhatsApp and connected: devices and sockets. `session.ts` is the port
 * to what an open connection can do. Credentials never pass through either.
 *
 * The caller keeps one rule, because two key caches that write one ratchet damage it for good: at most one loaded
 * device of an instance at a time, and none while another one is adopted or wiped.
 */
export interface Link {
  /**
   * The saved device of an instance; null when it has none. It must end: `open` it, or `retire` it.
   * Throws when it cannot be read (another encryption key, storage).
   */
  load(instanceId: string): Promise<LinkedDevice | null>;
  /** Connects as a new device, which is in memory only until it is adopted. Throws when the way out is closed. */
  pair(instance: InstanceRow, options: PairingOptions, watcher: PairingWatcher): LinkConnection;
  /** Forgets the saved device, in the caller's transaction. Only after a real logout. */
  wipe(trx: DatabaseTransaction, instanceId: string): Promise<void>;
}

export interface LinkedDevice {
  /**
   * Turns what earlier connections left in the journal into events. Ends early, between two messages, once `over` is
   * true; what is left stays in the journal. Throws when storage fails.
   */
  replay(over: () => boolean): Promise<void>;
  /** Connects. From here on the connection's `close` ends the device. Throws when the way out is closed. */
  open(instance: InstanceRow, watcher: SessionWatcher): LinkConnection;
  /** Ends a device that was not opened: stores what is left and refuses everything after it. */
  retire(): Promise<void>;
}

export interface PairingOptions {
  /** Digits: a pairing code is wanted instead of a QR. */
  number?: string;
  /** Days of history, null = no limit; left out = not asked for. */
  historyDays?: number | null;
}

/** One socket to WhatsApp. */
export interface LinkConnection {
  readonly session: Session;
  /** Closes the socket; resolves when everything that it brought is stored and its device is retired. Idempotent. */
  close(): Promise<void>;
  /** Unlinks the device at WhatsApp; the connection then closes with reason `unlinked`. */
  logout(): Promise<void>;
}

interface Watcher {
  transportOpen(): void;
  /** The last call. */
  closed(reason: CloseReason): void;
}

/** What is reported of the connection of a saved device. */
export interface SessionWatcher extends Watcher {
  open(): void;
  /** The session does not answer, or answers again; `closed` follows when it does not. */
  answers(answers: boolean): void;
  /** WhatsApp announced from when (Unix milliseconds) it refuses this client version; at every login anew. */
  versionRefusedFrom(at: number): void;
}

/** What is reported of the connection of a new device. */
export interface PairingWatcher extends Watcher {
  /** To be shown in the place of the one before. */
  qr(qr: string): void;
  /** Once WhatsApp has taken it; again, with another code, when WhatsApp wants it typed once more. */
  pairingCode(code: string): void;
  /**
   * WhatsApp asks for the account's passkey, and the view of this ceremony changed. `closed` with reason `passkey`
   * follows when it fails.
   */
  passkey(ceremony: PasskeyPort): void;
  /** The phone accepted the device; WhatsApp ends this connection next. */
  paired(device: PairedDevice): void;
}

/** A device that a phone has accepted, and the account that it belongs to now. */
export interface PairedDevice {
  /** `<digits>@s.whatsapp.net`, without the device. */
  jid: string | null;
  lid: string | null;
  name: string;
  isBusiness: boolean;
  /** Makes it the instance's saved device, in the caller's transaction; the one before it is wiped there. */
  adopt(trx: DatabaseTransaction): Promise<void>;
}

/** Why a connection ended, in the gateway's words. */
export interface CloseReason {
  /**
   * - `transport`: the socket broke, timed out or was closed.
   * - `login`: WhatsApp refused the login (`<failure>`).
   * - `stream`: WhatsApp ended the stream (`<stream:error>`).
   * - `codes`: WhatsApp's QR codes are used up.
   * - `passkey`: the passkey ceremony failed; `text` is its `PasskeyFailure`.
   * - `unlinked`: our own logout.
   * - `ours`: we closed it.
   */
  kind: 'transport' | 'login' | 'stream' | 'codes' | 'passkey' | 'unlinked' | 'ours';
  /** WhatsApp's or the engine's code, where there is one. */
  code: number | null;
  text: string | null;
  /** Seconds that a temporary ban lasts. */
  banSeconds: number | null;
}
