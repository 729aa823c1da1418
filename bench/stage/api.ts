/** Requests a minute of one token: more than any case makes. */
const RATE_LIMIT = 100_000;
/** The gateway makes no more of them in a minute for one account. */
export const INSTANCES_PER_ACCOUNT = 20;

export interface Instance {
  name: string;
  token: string;
}

/** The gateway's HTTP surface, as the cases use it. Every answer that is not 2xx is an error. */
export class Api {
  readonly baseUrl: string;
  readonly #adminToken: string;
  #accounts = 0;

  constructor(baseUrl: string, adminToken: string) {
    this.baseUrl = baseUrl;
    this.#adminToken = adminToken;
  }

  // biome-ignore lint/suspicious/noExplicitAny: answers are read field by field
  async call(method: string, path: string, token: string, body?: object): Promise<any> {
    const response = await fetch(this.baseUrl + path, {
      method,
      headers: { token, ...(body ? { 'content-type': 'application/json' } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
    return JSON.parse(text);
  }

  /** A new account's token. */
  async account(): Promise<string> {
    const name = `account-${++this.#accounts}`;
    const { account } = await this.call('POST', '/admin/accounts', this.#adminToken, {
      name,
      maxInstances: INSTANCES_PER_ACCOUNT,
      rateLimitPerMinute: RATE_LIMIT,
    });
    return account.token;
  }

  async instance(accountToken: string, name: string, settings: object = {}): Promise<Instance> {
    const { data } = await this.call('POST', '/api/instance/new', accountToken, { name, ...settings });
    return { name, token: data.token };
  }

  async qr({ name, token }: Instance): Promise<string> {
    return (await this.call('GET', `/api/instance/connect/${name}`, token)).qrCode;
  }

  /** How many instances of an account are connected. */
  async connected(accountToken: string): Promise<number> {
    const { instances } = await this.call('GET', '/api/instance/list', accountToken);
    return instances.filter((each: { status: string }) => each.status === 'connected').length;
  }
}
