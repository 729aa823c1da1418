import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { type AddressRange, addressRanges } from '../address-policy.ts';

/** What an operator would set to let webhooks reach this machine. */
export const LOOPBACK: AddressRange[] = addressRanges(['127.0.0.0/8']) ?? [];

export interface ReceivedRequest {
  method: string;
  url: string;
  headers: IncomingMessage['headers'];
  body: Buffer;
}

type Answer = (response: ServerResponse, request: ReceivedRequest) => void;

/** A real HTTP server that keeps what it gets; `answer` may be changed at any time. Closed when the test ends. */
export class Receiver {
  readonly requests: ReceivedRequest[] = [];
  answer: Answer;
  readonly #server: Server;
  #waiting: { count: number; resolve: () => void }[] = [];

  private constructor(server: Server, answer: Answer) {
    this.#server = server;
    this.answer = answer;
  }

  static async start(answer: Answer = (response) => response.end()): Promise<Receiver> {
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { method = '', url = '', headers } = request;
        receiver.#receive({ method, url, headers, body: Buffer.concat(chunks) }, response);
      });
    });
    const receiver = new Receiver(server, answer);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => receiver.close());
    return receiver;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/`;
  }

  /** Resolves once `count` requests have arrived. */
  async received(count: number): Promise<ReceivedRequest[]> {
    if (this.requests.length < count) {
      await new Promise<void>((resolve) => this.#waiting.push({ count, resolve }));
    }
    return this.requests;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #receive(request: ReceivedRequest, response: ServerResponse): void {
    this.requests.push(request);
    this.answer(response, request);
    const reached = (wait: { count: number }) => this.requests.length >= wait.count;
    for (const wait of this.#waiting.filter(reached)) wait.resolve();
    this.#waiting = this.#waiting.filter((wait) => !reached(wait));
  }
}
