import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

type Line = 'passing' | 'refused' | 'silent';

/** A TCP relay in front of a server, whose line can fail in the ways in which networks fail. */
export class Relay {
  readonly #server: Server;
  readonly #target: { host: string; port: number };
  readonly #clients = new Set<Socket>();
  readonly #upstreams = new Set<Socket>();
  #line: Line = 'passing';

  static async to(host: string, port: number): Promise<Relay> {
    const relay = new Relay(host, port);
    relay.#server.listen(0, '127.0.0.1');
    await once(relay.#server, 'listening');
    return relay;
  }

  private constructor(host: string, port: number) {
    this.#target = { host, port };
    this.#server = createServer((client) => this.#accept(client));
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** New connections work again; those that were silenced stay as they are. */
  pass(): void {
    this.#line = 'passing';
  }

  /** Resets every connection and every attempt. The server does not notice: it goes on waiting for its clients. */
  refuse(): void {
    this.#line = 'refused';
    for (const client of this.#clients) client.resetAndDestroy();
  }

  /** Half-open: connections stay, attempts succeed, and no byte goes through any more. */
  silence(): void {
    this.#line = 'silent';
    for (const socket of [...this.#clients, ...this.#upstreams]) {
      socket.unpipe();
      socket.pause();
    }
  }

  async close(): Promise<void> {
    this.#server.close();
    for (const socket of [...this.#clients, ...this.#upstreams]) socket.destroy();
    await once(this.#server, 'close');
  }

  #accept(client: Socket): void {
    if (this.#line === 'refused') return void client.resetAndDestroy();
    keep(this.#clients, client);
    if (this.#line === 'silent') return void client.pause();
    const upstream = connect(this.#target);
    keep(this.#upstreams, upstream);
    client.pipe(upstream);
    upstream.pipe(client);
    upstream.once('close', () => client.destroy());
    client.once('end', () => upstream.end());
  }
}

function keep(all: Set<Socket>, socket: Socket): void {
  all.add(socket);
  socket.on('error', () => {}); // what follows is `close`
  socket.once('close', () => all.delete(socket));
}
