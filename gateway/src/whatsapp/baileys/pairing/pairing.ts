import { randomBytes } from 'node:crypto';
import { Boom } from '@hapi/boom';
import {
  type BinaryNode,
  buildPairingQRData,
  DisconnectReason,
  getBinaryNodeChild,
  getBinaryNodeChildren,
  type WASocket,
} from 'baileys';
import type { Clock } from '../../../clock.ts';
import type { Logger } from '../../../telemetry/log.ts';
import type { PasskeyFailure, PasskeyPort } from '../../passkey/port.ts';
import { QR_REFERENCES_ENDED } from '../close-reason.ts';
import { BROWSER, PLATFORM_TYPE, QUERY_TIMEOUT_MS } from '../engine.ts';
import { PASSKEY_NOTIFICATIONS, PasskeyLinking } from '../passkey/passkey-linking.ts';
import { acknowledgeEarly } from './early-acks.ts';
import { codeRefused, requestPairingCode } from './pairing-code.ts';
import { QrRotation } from './qr-rotation.ts';

const MOST_REFS = 20;

export interface PairingOptions {
  socket: WASocket;
  /** Digits: a pairing code is wanted instead of a QR. */
  number: string | undefined;
  clock: Clock;
  log: Logger;
  /** WhatsApp waits for a phone from here on. */
  onOffered(): void;
  qr(qr: string): void;
  pairingCode(code: string): void;
  /** The view of this ceremony changed. */
  passkey(ceremony: PasskeyPort): void;
  abort(error: Error): void;
}

/**
 * The linking of a new device, up to the moment at which the phone accepts it: its QR or code, and the passkey.
 *
 * It takes the place of Baileys' own QR events (7.0.0-rc14): those are drawn with the secret of the first moment, which
 * `companion_reg_refresh` and a passkey replace, and their timer ends a connection on which a phone is at work.
 */
export class Pairing {
  readonly #options: PairingOptions;
  readonly #rotation: QrRotation;
  readonly #passkey: PasskeyLinking;
  #failure: PasskeyFailure | null = null;
  #codeAsked = false;
  #over = false;

  constructor(options: PairingOptions) {
    this.#options = options;
    const { clock, log, socket } = options;
    const { creds } = socket.authState;
    this.#rotation = new QrRotation({
      clock,
      draw: (ref) => this.#draw(ref),
      onUsedUp: () => options.abort(new Boom(QR_REFERENCES_ENDED, { statusCode: DisconnectReason.timedOut })),
    });
    this.#passkey = new PasskeyLinking({
      companion: {
        noiseKey: creds.noiseKey.public,
        identityKey: creds.signedIdentityKey.public,
        deviceType: PLATFORM_TYPE,
      },
      query: (node) => socket.query(node, QUERY_TIMEOUT_MS) as Promise<BinaryNode | undefined>,
      advSecret: () => Buffer.from(creds.advSecretKey, 'base64'),
      setAdvSecret: (secret) => {
        creds.advSecretKey = secret.toString('base64');
      },
      clock,
      random: (bytes) => randomBytes(bytes),
      onChange: () => options.passkey(this.#passkey),
      onFailed: (reason, detail) => this.#failed(reason, detail),
      onRescan: () => this.#offerAgain(),
      onError: (error) => log.error({ err: error }, 'a step of linking by passkey failed'),
    });
    this.#listen();
  }

  /** The phone accepted the device. */
  paired(): void {
    this.#over = true;
    this.#rotation.stop();
    this.#passkey.paired();
  }

  /** The connection is over. Returns what a passkey ceremony on it failed of; null when none did. Idempotent. */
  end(): PasskeyFailure | null {
    this.#over = true;
    this.#rotation.stop();
    this.#passkey.ended();
    return this.#failure;
  }

  #listen(): void {
    const { socket, log, number, abort } = this.#options;
    acknowledgeEarly(socket, (error) => log.debug({ err: error }, 'a notification was not acknowledged'));
    const { ws } = socket;
    ws.on('CB:iq,type:set,pair-device', (node: BinaryNode) => this.#offer(node));
    for (const type of PASSKEY_NOTIFICATIONS) {
      ws.on(`CB:notification,type:${type}`, (node: BinaryNode) => {
        if (this.#over) return;
        this.#passkey.onNotification(node);
        if (this.#passkey.running) this.#rotation.stop();
      });
    }
    if (number === undefined) return;
    ws.on('CB:iq,type:error', (node: BinaryNode) => {
      // An error during a ceremony answers one of its own queries.
      if (!this.#over && !this.#passkey.running) abort(codeRefused(node));
    });
  }

  /** References that a phone can scan. One that is at work on an earlier one is left alone. */
  #offer(stanza: BinaryNode): void {
    if (this.#over || this.#passkey.running) return;
    if (this.#options.number !== undefined) {
      if (!this.#codeAsked) void this.#askForCode(this.#options.number);
      return;
    }
    const refs = getBinaryNodeChildren(getBinaryNodeChild(stanza, 'pair-device'), 'ref');
    this.#rotation.show(
      refs.slice(0, MOST_REFS).map(({ content }) => Buffer.from(content as never).toString()),
    );
  }

  #offerAgain(): void {
    const { number } = this.#options;
    if (number !== undefined) void this.#askForCode(number);
    else this.#rotation.redraw();
  }

  #draw(ref: string): void {
    const { socket, onOffered, qr } = this.#options;
    const { noiseKey, signedIdentityKey, advSecretKey } = socket.authState.creds;
    const [noise, identity] = [noiseKey.public, signedIdentityKey.public].map((key) =>
      Buffer.from(key).toString('base64'),
    ) as [string, string];
    onOffered();
    qr(buildPairingQRData(ref, noise, identity, advSecretKey, BROWSER));
  }

  async #askForCode(number: string): Promise<void> {
    const { socket, onOffered, pairingCode, abort } = this.#options;
    this.#codeAsked = true;
    try {
      const code = await requestPairingCode(socket, number);
      if (this.#over) return;
      onOffered();
      pairingCode(code);
    } catch (error) {
      abort(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #failed(reason: PasskeyFailure, detail: string): void {
    const { log, abort } = this.#options;
    this.#failure = reason;
    log.info({ reason, detail }, 'linking by passkey failed');
    if (!this.#over) abort(new Boom(reason));
  }
}
