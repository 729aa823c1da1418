import { getBinaryNodeChild, getBinaryNodeChildren } from 'baileys';
import type { StatusAudience, StatusOperations } from '../../ports/status.ts';
import { type Asking, ask } from '../ask.ts';

/** `StatusOperations`; Baileys has no call for it. */
export class BaileysStatus implements StatusOperations {
  readonly #asking: Asking;

  constructor(asking: Asking) {
    this.#asking = asking;
  }

  /** WhatsApp keeps a list for each kind of audience and marks the one that counts. */
  async audience(): Promise<StatusAudience> {
    const question = { xmlns: 'status', type: 'get' as const, content: [{ tag: 'privacy', attrs: {} }] };
    const answer = await ask(this.#asking, question);
    const lists = getBinaryNodeChildren(getBinaryNodeChild(answer, 'privacy'), 'list');
    const chosen = lists.find(({ attrs }) => attrs.default === 'true') ?? lists[0];
    const people = getBinaryNodeChildren(chosen, 'user').flatMap(({ attrs }) => attrs.jid ?? []);
    if (chosen?.attrs.type === 'whitelist') return { kind: 'only', people };
    return chosen?.attrs.type === 'blacklist' ? { kind: 'contacts_except', people } : { kind: 'contacts' };
  }
}
