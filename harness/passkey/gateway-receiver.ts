import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text as readText } from 'node:stream/consumers';

/** What a request got for an answer. */
interface Answer {
  status: number;
  body: unknown;
}

interface Received {
  method: string;
  path: string;
  headers: Record<string, string | string[] | undefined>;
  body: unknown;
}

/** An HTTP receiver in the place of a gateway: it keeps what comes, and answers what the test says. */
export class GatewayReceiver {
  readonly received: Received[] = [];
  /** By method and path; what is missing is answered with 404. */
  readonly answers = new Map<string, Answer>();
  readonly #server = createServer(async (request, response) => {
    const { method = '', url: path = '', headers } = request;
    const text = await readText(request);
    this.received.push({ method, path, headers, body: text ? JSON.parse(text) : null });
    const { status, body } = this.answers.get(`${method} ${path}`) ?? { status: 404, body: {} };
    response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
  });

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Bodies of the requests to one path. */
  bodies(call: string): unknown[] {
    return this.received.filter(({ method, path }) => `${method} ${path}` === call).map(({ body }) => body);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
