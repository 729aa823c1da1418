import type { RawData, WebSocket } from 'ws';
import { FrameReader, frame } from '../../wire/frames.ts';
import type { Transport } from '../../wire/noise.ts';
import { decodeStanza, encodeStanza, type Stanza } from '../../wire/stanza.ts';
import type { ServerWith } from '../context.ts';
import { corrupted } from '../corruption.ts';
import type { Device, Endpoint } from '../model/account.ts';

type Needs = ServerWith<'faults' | 'log' | 'stats'>;

/** A client that reads this slowly is cut off; its stanzas wait in its queue. */
const MAX_UNSENT_BYTES = 64 * 1024 * 1024;

/** The first stanza takes a round trip on any network; older clients have not switched keys before. */
const ROUND_TRIP_MS = 30;
/** Time for the client to read the last stanza and to close. */
const CLOSE_MS = 500;

/** Decides what becomes of the stanzas of one connection; set by the handshake. */
export type StanzaSink = (node: Stanza) => void;

/** One client's socket: frames and encryption in both directions, and the faults that strike it. */
export class Connection implements Endpoint {
  readonly #ctx: Needs;
  readonly #socket: WebSocket;
  readonly #frames = new FrameReader();
  #transport: Transport | undefined;
  #onFrame: ((payload: Buffer) => void) | undefined;
  #onStanza: StanzaSink | undefined;
  #device: Device | undefined;
  #delayed: { node: Stanza; due: number }[] = [];
  #deaf = false;
  #ended = false;
  /** Nothing goes out before this, in milliseconds of the monotonic clock. */
  #quietUntil = 0;
  #closers: (() => void)[] = [];
  closed = false;

  constructor(ctx: Needs, socket: WebSocket) {
    this.#ctx = ctx;
    this.#socket = socket;
    ctx.stats.connections.open += 1;
    ctx.stats.connections.total += 1;
    socket.on('message', (data) => this.#receive(data));
    socket.on('close', () => this.#closed());
    socket.on('error', (error) => ctx.log.debug({ err: error }, 'socket error'));
  }

  /** The header bytes that the stream began with. */
  get prologue(): Uint8Array {
    if (!this.#frames.prologue) throw new Error('no frame was read yet');
    return this.#frames.prologue;
  }

  /** The handshake is done. */
  get established(): boolean {
    return this.#transport !== undefined;
  }

  /** Until the handshake is done: what to do with a frame. */
  expectFrame(next: (payload: Buffer) => void): void {
    this.#onFrame = next;
  }

  /** From now on frames are encrypted stanzas. */
  establish(transport: Transport, sink: StanzaSink): void {
    this.#transport = transport;
    this.#onStanza = sink;
    this.#quietUntil = performance.now() + ROUND_TRIP_MS;
  }

  /** The log-in succeeded; faults of this device strike here. */
  attach(device: Device): void {
    this.#device = device;
  }

  onClose(closer: () => void): void {
    this.#closers.push(closer);
  }

  sendRaw(payload: Uint8Array): void {
    if (!this.closed) this.#socket.send(frame(payload));
  }

  /** Sends a stanza as it is, unless a fault holds it back. */
  send(node: Stanza): void {
    const device = this.#device;
    if (this.#deaf || this.#ended) return;
    const quiet = this.#quietUntil - performance.now();
    const slow = device && this.#ctx.faults.strike('slow', device);
    if (slow || quiet > 0 || this.#delayed.length > 0) this.#later(node, Math.max(quiet, slow?.value ?? 0));
    else this.#write(node);
  }

  /** A deaf socket stays open, and nothing reaches the client any more. */
  deafen(deaf: boolean): void {
    this.#deaf = deaf;
  }

  /** Hands over a stanza from the device's queue. */
  deliver(node: Stanza): void {
    const device = this.#device;
    if ((node.tag !== 'message' && node.tag !== 'status') || !device) {
      this.send(node);
      return;
    }
    this.#ctx.stats.messages.out += 1;
    this.send(this.#ctx.faults.strike('corrupt', device) ? corrupted(node) : node);
    if (this.#ctx.faults.strike('duplicate', device)) this.send(node);
  }

  /** Sends a last stanza and leaves the close to the client, for a moment; what the client still sends is ignored. */
  end(node?: Stanza): void {
    if (node) this.send(node);
    this.#ended = true;
    this.#onStanza = undefined;
    if (node) setTimeout(() => this.#socket.close(), CLOSE_MS).unref();
    else this.#socket.close();
  }

  /** Cuts the socket, as a broken network does. */
  cut(): void {
    this.#socket.terminate();
  }

  #receive(data: RawData): void {
    try {
      const chunk = Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data as Buffer);
      for (const payload of this.#frames.push(chunk)) {
        if (this.closed) return;
        if (!this.#transport) this.#onFrame?.(payload);
        else this.#onStanza?.(decodeStanza(this.#transport.decrypt(payload)));
      }
    } catch (error) {
      // A stream that cannot be read any more cannot be answered either: WhatsApp drops the connection.
      this.#ctx.stats.connections.refused += 1;
      this.#ctx.log.debug({ err: error }, 'connection dropped');
      this.cut();
    }
  }

  #write(node: Stanza): void {
    if (this.closed || !this.#transport || this.#socket.readyState !== this.#socket.OPEN) return;
    this.#socket.send(frame(this.#transport.encrypt(encodeStanza(node))));
    if (this.#socket.bufferedAmount > MAX_UNSENT_BYTES) this.cut();
  }

  /** Keeps the order: what follows a delayed stanza waits behind it. */
  #later(node: Stanza, ms: number): void {
    const before = this.#delayed.at(-1)?.due ?? 0;
    this.#delayed.push({ node, due: Math.max(before, performance.now() + ms) });
    if (this.#delayed.length === 1) this.#wakeAtNext();
  }

  #wakeAtNext(): void {
    const [next] = this.#delayed;
    if (!next) return;
    setTimeout(
      () => {
        this.#delayed.shift();
        this.#write(next.node);
        this.#wakeAtNext();
      },
      Math.max(0, next.due - performance.now()),
    ).unref();
  }

  #closed(): void {
    this.closed = true;
    this.#ctx.stats.connections.open -= 1;
    for (const closer of this.#closers) closer();
  }
}
