import type { WASocket } from 'baileys';
import type { IdentityOperations } from '../ports/identities.ts';
import { SendFailed } from '../session.ts';

/** `IdentityOperations` over the store in which Baileys looks up LIDs. */
export class BaileysIdentities implements IdentityOperations {
  readonly #socket: WASocket;
  readonly #ended: () => boolean;

  constructor({ socket, ended }: { socket: WASocket; ended(): boolean }) {
    this.#socket = socket;
    this.#ended = ended;
  }

  async learn(pairs: { jid: string; lid: string }[]): Promise<void> {
    if (this.#ended()) throw new SendFailed({ kind: 'not_connected' });
    const { lidMapping } = this.#socket.signalRepository;
    await lidMapping.storeLIDPNMappings(pairs.map(({ jid, lid }) => ({ pn: jid, lid })));
  }
}
