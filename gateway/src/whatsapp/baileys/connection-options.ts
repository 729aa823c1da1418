import type { Agent } from 'node:https';
import type { Dispatcher } from 'undici';
import type { Clock } from '../../clock.ts';
import type { Logger } from '../../telemetry/log.ts';
import type { ClientVersion } from '../client-version.ts';
import type { PairingWatcher, SessionWatcher } from '../link.ts';
import type { SessionListener } from '../session.ts';
import type { AppStateStore } from './app-state/store.ts';
import type { InboxJournal } from './intake/inbox-journal.ts';
import type { DeviceAuth } from './keys/linked-device.ts';

export interface ConnectionOptions {
  auth: DeviceAuth;
  /** null = WhatsApp itself. */
  url: string | null;
  agent: Agent | null;
  /** The way to the media hosts; leaves where `agent` leaves. */
  media: Dispatcher;
  /** A new device is to be linked; `number` (digits): by pairing code. Left out: the device is a saved one. */
  pairing?: { number?: string };
  markOnline: boolean;
  /** The phone is asked for its whole history, when the device is linked. */
  syncHistory: boolean;
  clock: Clock;
  log: Logger;
  journal: InboxJournal;
  appState: AppStateStore;
  listener: SessionListener;
  clientVersion: ClientVersion;
  /** Whether the database takes writes. */
  healthy(): Promise<boolean>;
  watcher: ConnectionWatcher;
}

/** What is reported of a connection, of a saved device or of a new one. No call comes after `closed`. */
export interface ConnectionWatcher extends SessionWatcher, Omit<PairingWatcher, 'paired'> {
  /** The phone accepted the device; WhatsApp ends this connection next. */
  paired(): void;
}
