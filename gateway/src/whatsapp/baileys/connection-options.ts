import type { Agent } from 'node:https';
import type { Dispatcher } from 'undici';
import type { Clock } from '../../clock.ts';
import type { Logger } from '../../telemetry/log.ts';
import type { SessionListener } from '../session.ts';
import type { AppStateStore } from './app-state/store.ts';
import type { CloseReason } from './close-reason.ts';
import type { InboxJournal } from './intake/inbox-journal.ts';
import type { DeviceAuth } from './keys/linked-device.ts';

export interface ConnectionOptions {
  auth: DeviceAuth;
  /** null = WhatsApp itself. */
  url: string | null;
  agent: Agent | null;
  /** The way to the media hosts; leaves where `agent` leaves. */
  media: Dispatcher;
  /** Pairing by code asks for it when the first QR would be there. */
  pairingNumber?: string;
  markOnline: boolean;
  /** The phone is asked for its whole history, when the device is linked. */
  syncHistory: boolean;
  clock: Clock;
  log: Logger;
  journal: InboxJournal;
  appState: AppStateStore;
  listener: SessionListener;
  watcher: ConnectionWatcher;
}

/** What the instance's supervisor wants to know of a connection. No call comes after `closed`. */
export interface ConnectionWatcher {
  transportOpen(): void;
  qr(qr: string): void;
  pairingCode(code: string): void;
  /** The phone accepted the device; WhatsApp ends this connection next. */
  paired(): void;
  open(): void;
  /** The session does not answer, or answers again; `closed` follows when it does not. */
  answers(answers: boolean): void;
  closed(reason: CloseReason): void;
}
