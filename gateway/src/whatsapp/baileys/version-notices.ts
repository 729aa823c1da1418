import { type BinaryNode, getBinaryNodeChild, type WASocket } from 'baileys';
import { announcedTime, type ClientVersion } from '../client-version.ts';

const OUTDATED = '405';

/**
 * Reports what WhatsApp says of the client version, to `version` and, when a date is announced, to `onAnnounced`
 * (Unix milliseconds): the refusal of a login, and `<ib><client_expiration t/></ib>`, without `t` when it is withdrawn.
 *
 * Baileys (rc14) does not know the announcement. It may go when the engine emits it.
 */
export function watchVersionNotices(
  { ws }: Pick<WASocket, 'ws'>,
  version: Pick<ClientVersion, 'refused' | 'accepted' | 'announced'>,
  onAnnounced: (from: number) => void,
): void {
  ws.on('CB:success', () => version.accepted());
  ws.on('CB:failure', ({ attrs }: BinaryNode) => {
    if (attrs.reason === OUTDATED) version.refused();
  });
  ws.on('CB:ib,,client_expiration', (node: BinaryNode) => {
    const from = announcedTime(getBinaryNodeChild(node, 'client_expiration')?.attrs.t);
    if (from === undefined) return;
    version.announced(from);
    if (from !== null) onAnnounced(from);
  });
}
