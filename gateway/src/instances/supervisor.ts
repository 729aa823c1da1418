import type { InstanceRow } from '../storage/schema.ts';
import type { PairingOptions } from '../whatsapp/link.ts';
import type { PasskeyView } from '../whatsapp/passkey/port.ts';
import type { Presence, Session } from '../whatsapp/session.ts';

export type ConnectionState = 'disconnected' | 'connecting' | 'connected' | 'loggedout';

/** What an instance is doing right now; derived from the live session, never stored. */
export interface LiveState {
  state: ConnectionState;
  /** Text for a UI, `connection.displayStatus`. */
  display: string;
  presence: Presence;
}

export type ConnectAnswer =
  | { status: 'qr'; qrCode: string }
  | { status: 'pairing'; pairingCode: string }
  /** WhatsApp asks for the account's passkey. */
  | { status: 'passkey'; passkey: PasskeyView }
  | { status: 'connected' };

/** Holds each instance's desired state against its actual one. One session per instance, always. */
export interface Supervisor {
  live(instance: InstanceRow): LiveState;
  /** The open session; throws `instance_not_connected`. */
  session(instanceId: string): Session;
  /**
   * Links a new device: resolves with its code, or with the passkey ceremony that runs; between a scan and the open session with `connected`, once it is open.
   * Throws `operation_failed`, `connect_timed_out`.
   */
  connect(instance: InstanceRow, options: PairingOptions): Promise<ConnectAnswer>;
  /** Opens the saved session anew; throws `session_missing`, `operation_failed`. */
  reconnect(instance: InstanceRow): Promise<void>;
  /** Unlinks the device (best effort) and forgets its credentials. */
  logout(instance: InstanceRow): Promise<void>;
  /** Logs out (best effort) and forgets the instance, before its row is deleted. */
  remove(instance: InstanceRow): Promise<void>;
  /** Closes the account's connections, or brings back those that ran before. */
  accountSuspended(accountId: string): Promise<void>;
  accountResumed(accountId: string): Promise<void>;
  /** Applies `keepOnlineStatus` to an open session. */
  settingsChanged(instance: InstanceRow): Promise<void>;
}
