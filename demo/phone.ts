export interface InboxMessage {
  seq: number;
  id: string;
  from: string;
  text: string;
}

/** A phone on the sandbox's WhatsApp, worked through the sandbox's control API. */
export class Phone {
  readonly number: string;
  readonly #control: string;

  private constructor(control: string, number: string) {
    this.#control = control;
    this.number = number;
  }

  static async make(control: string, number: string, name: string): Promise<Phone> {
    await post(`${control}/phones`, { number, name });
    return new Phone(control, number);
  }

  scan(qr: string): Promise<unknown> {
    return post(`${this.#control}/phones/${this.number}/scan`, { qr });
  }

  async send(to: string, text: string): Promise<string> {
    const { id } = (await post(`${this.#control}/phones/${this.number}/send`, { to, text })) as {
      id: string;
    };
    return id;
  }

  act(action: string, details: object): Promise<unknown> {
    return post(`${this.#control}/phones/${this.number}/act`, { action, ...details });
  }

  /** Waits until the screen shows a message with this id. */
  async sees(id: string): Promise<InboxMessage> {
    const { messages } = (await get(`${this.#control}/phones/${this.number}/inbox?after=0&wait=10000`)) as {
      messages: InboxMessage[];
    };
    const message = messages.find((candidate) => candidate.id === id);
    if (!message) throw new Error(`the phone ${this.number} did not get the message ${id}`);
    return message;
  }
}

async function get(url: string): Promise<unknown> {
  return read(await fetch(url));
}

async function post(url: string, body: object): Promise<unknown> {
  return read(
    await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }),
  );
}

async function read(response: Response): Promise<unknown> {
  const body = (await response.json()) as { error?: string };
  if (!response.ok) throw new Error(`the sandbox answered ${response.status}: ${body.error}`);
  return body;
}
