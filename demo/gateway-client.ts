import { narrator } from './narrator.ts';

export interface Answer {
  status: number;
  // The demo reads answers the way a script of a reader would.
  // biome-ignore lint/suspicious/noExplicitAny: answers are read field by field and checked by what follows
  body: any;
}

/** Calls the gateway and shows each call as the curl line that does the same. */
export class GatewayClient {
  readonly #baseUrl: string;

  constructor(baseUrl: string) {
    this.#baseUrl = baseUrl;
  }

  /** Throws when the status is not the expected one: the demo ends at the first thing that is not as it should be. */
  async call(
    method: string,
    path: string,
    token: string,
    body?: object,
    expected = [200, 201],
  ): Promise<Answer> {
    narrator.command(this.#curl(method, path, token, body));
    const response = await fetch(this.#baseUrl + path, {
      method,
      headers: { token, ...(body ? { 'content-type': 'application/json' } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const answer = { status: response.status, body: await response.json() };
    if (!expected.includes(answer.status)) {
      throw new Error(`${method} ${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
    }
    return answer;
  }

  #curl(method: string, path: string, token: string, body?: object): string {
    const verb = method === 'GET' ? '' : ` -X ${method}`;
    const data = body ? ` -H 'Content-Type: application/json' -d '${JSON.stringify(body)}'` : '';
    return `curl -s${verb} '${this.#baseUrl}${path}' -H 'token: ${token}'${data}`;
  }
}
