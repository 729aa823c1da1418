import { jidNormalizedUser, type WASocket } from 'baileys';
import type { IdentityOperations, TrustToken } from '../../ports/identities.ts';
import { SendFailed } from '../../session.ts';

/** Where Baileys keeps the list of those whose token it has; it looks through it when it drops old ones. */
const INDEX = '__index';

/** `IdentityOperations` over the stores in which Baileys looks up LIDs and tokens. */
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

  async trust(tokens: TrustToken[]): Promise<void> {
    if (this.#ended()) throw new SendFailed({ kind: 'not_connected' });
    const { keys } = this.#socket.authState;
    const given = new Map<string, TrustToken>();
    for (const token of tokens) given.set(await this.#keptUnder(token.jid), token);
    const known = await keys.get('tctoken', [INDEX, ...given.keys()]);
    const changes: Parameters<typeof keys.set>[0]['tctoken'] = {};
    for (const [jid, { token, at, sentAt }] of given) {
      if (Number(known[jid]?.timestamp ?? 0) >= at) continue;
      const sent = sentAt === null ? {} : { senderTimestamp: sentAt };
      changes[jid] = { ...known[jid], token: Buffer.from(token), timestamp: String(at), ...sent };
    }
    if (Object.keys(changes).length === 0) return;
    const index = new Set([...indexed(known[INDEX]), ...Object.keys(changes)]);
    changes[INDEX] = { token: Buffer.from(JSON.stringify([...index])) };
    await keys.set({ tctoken: changes });
  }

  /** Tokens are a LID's, where it is known. */
  async #keptUnder(jid: string): Promise<string> {
    const lid = await this.#socket.signalRepository.lidMapping.getLIDForPN(jid).catch(() => null);
    return jidNormalizedUser(lid ?? jid);
  }
}

function indexed(entry: { token: Buffer } | undefined): string[] {
  if (!entry?.token?.length) return [];
  const list: unknown = JSON.parse(Buffer.from(entry.token).toString());
  return Array.isArray(list) ? list.filter((jid) => typeof jid === 'string') : [];
}
