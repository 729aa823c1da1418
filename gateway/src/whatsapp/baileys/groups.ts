import { type BinaryNode, getBinaryNodeChildren, type WASocket } from 'baileys';
import type { GroupMetadata } from '../group.ts';
import { readGroup } from '../inbound/group-node.ts';
import type { GroupOperations } from '../ports/groups.ts';
import { SendFailed } from '../session.ts';
import { queryFailure } from './query-failure.ts';

/** WhatsApp may take long over large groups (`groups.md`). */
const TIMEOUT_MS = 60_000;
const EVERY_GROUP = '@g.us';

export interface GroupsOptions {
  socket: WASocket;
  /**
   * Takes metadata at the moment at which they come off the wire: only then are they older than every notification
   * behind them. `complete`: these are all groups of the account. Resolves when they are stored.
   */
  learned(groups: GroupMetadata[], complete: boolean): Promise<void>;
  ended(): boolean;
}

/** `GroupOperations` in WhatsApp's own stanzas (`w:g2`): Baileys' calls drop the errors of participants. */
export class BaileysGroups implements GroupOperations {
  readonly #options: GroupsOptions;

  constructor(options: GroupsOptions) {
    this.#options = options;
  }

  async metadata(jid: string): Promise<GroupMetadata> {
    const request = { tag: 'query', attrs: { request: 'interactive' } };
    return onlyGroup(await this.#ask(jid, 'get', request, 'some'));
  }

  async all(): Promise<GroupMetadata[]> {
    const request = {
      tag: 'participating',
      attrs: {},
      content: [
        { tag: 'participants', attrs: {} },
        { tag: 'description', attrs: {} },
      ],
    };
    return groupsIn(await this.#ask(EVERY_GROUP, 'get', request, 'all'));
  }

  /** `brings`: whether the answer holds metadata of some or of all groups of the account. */
  async #ask(
    to: string,
    type: 'get' | 'set',
    request: BinaryNode,
    brings: 'none' | 'some' | 'all' = 'none',
  ): Promise<BinaryNode> {
    const { socket, ended, learned } = this.#options;
    if (ended()) throw new SendFailed({ kind: 'not_connected' });
    const id = socket.generateMessageTag();
    let stored: Promise<void> = Promise.resolve();
    const arrived = (answer: BinaryNode) => {
      if (brings === 'none' || answer.attrs.type !== 'result') return;
      stored = learned(groupsIn(answer), brings === 'all');
    };
    socket.ws.once(`TAG:${id}`, arrived);
    try {
      const attrs = { id, to, type, xmlns: 'w:g2' };
      const answer = await socket.query({ tag: 'iq', attrs, content: [request] }, TIMEOUT_MS);
      if (!answer) throw new SendFailed({ kind: 'timed_out' });
      await stored;
      return answer;
    } catch (error) {
      throw queryFailure(error);
    } finally {
      socket.ws.off(`TAG:${id}`, arrived);
    }
  }
}

/** The `<group>` nodes of an answer, alone or in a `<groups>`. */
function groupsIn(answer: BinaryNode): GroupMetadata[] {
  const nodes = [answer, ...getBinaryNodeChildren(answer, 'groups')];
  return nodes
    .flatMap((node) => getBinaryNodeChildren(node, 'group'))
    .flatMap((node) => readGroup(node) ?? []);
}

function onlyGroup(answer: BinaryNode): GroupMetadata {
  const [group] = groupsIn(answer);
  if (!group) throw new SendFailed({ kind: 'failed', text: 'the answer names no group' });
  return group;
}
