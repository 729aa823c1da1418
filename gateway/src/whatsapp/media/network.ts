import { EventEmitter } from 'node:events';
import type { Agent } from 'node:https';
import type { Socket } from 'node:net';
import { buildConnector, type Dispatcher, Agent as UndiciAgent } from 'undici';

/** The media host of a sandbox; it stands for every media host of WhatsApp. */
export interface SandboxMedia {
  host: string;
  port: number;
  /** PEM of the certificate to trust. */
  ca: string;
}

/** What the proxy agents do underneath: open a connection to somewhere. */
interface Tunnelling {
  connect(
    request: EventEmitter,
    target: { host: string; port: number; secureEndpoint: false },
  ): Promise<Socket>;
}

const HTTPS_PORT = 443;

/**
 * The way to WhatsApp's media hosts, for our own transfers and for those that Baileys makes by itself (history and
 * app-state files come from `mmg.whatsapp.net` with every connection). A sandbox takes the place of all of them.
 */
export class MediaNetwork {
  readonly #sandbox: SandboxMedia | null;
  readonly #direct: Dispatcher;

  constructor(sandbox: SandboxMedia | null) {
    this.#sandbox = sandbox;
    this.#direct = this.#dispatcher(null);
  }

  /** The dispatcher of a connection that leaves through this agent; null = directly. */
  through(agent: Agent | null): Dispatcher {
    return agent ? this.#dispatcher(agent) : this.#direct;
  }

  /** Ends what is still being transferred directly; call it when the sessions are closed. */
  async close(): Promise<void> {
    await this.#direct.destroy();
  }

  #dispatcher(agent: Agent | null): Dispatcher {
    const sandbox = this.#sandbox;
    const dial = buildConnector(sandbox ? { ca: sandbox.ca } : {});
    const redirected = sandbox ? { hostname: sandbox.host, port: String(sandbox.port) } : {};
    return new UndiciAgent({
      connect(wanted, done) {
        const target = { ...wanted, ...redirected };
        if (!agent) {
          dial(target, done);
          return;
        }
        tunnel(agent, target.hostname, Number(target.port || HTTPS_PORT)).then(
          (socket) => dial({ ...target, httpSocket: socket as never }, done),
          (error: Error) => done(error, null),
        );
      },
    });
  }
}

/** Both kinds of proxy agent tunnel like this; undici then speaks TLS through what they give. */
async function tunnel(agent: Agent, host: string, port: number): Promise<Socket> {
  const proxy = agent as unknown as Tunnelling;
  const socket = await proxy.connect(new EventEmitter(), { host, port, secureEndpoint: false });
  // An HTTP proxy's refusal comes as a socket that could only be read.
  if (!socket.writable) throw new Error('the proxy refused the connection');
  return socket;
}
