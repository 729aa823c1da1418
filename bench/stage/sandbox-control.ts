/** What the cases want of the sandbox's control API beyond single phones. */
export class SandboxControl {
  readonly #control: string;

  constructor(control: string) {
    this.#control = control;
  }

  /** Has `senders` phones send to a number or group; each text starts with `#marker#`. Resolves when all are sent. */
  async traffic(plan: {
    to: string;
    kind: 'direct' | 'group';
    marker: string;
    messages: number;
    senders: number;
  }): Promise<void> {
    const { marker, ...rest } = plan;
    const { sent } = (await this.post('traffic', { ...rest, id: `#${marker}#` })) as { sent: number };
    if (sent !== plan.messages) throw new Error(`the sandbox sent ${sent} of ${plan.messages} messages`);
  }

  async post(path: string, body: object): Promise<unknown> {
    const response = await fetch(`${this.#control}/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const answer = (await response.json()) as { error?: string };
    if (!response.ok) throw new Error(`the sandbox answered ${response.status}: ${answer.error}`);
    return answer;
  }
}
