import { type BinaryNode, buildAckStanza, type WASocket } from 'baileys';

/**
 * Acknowledges notifications that come before WhatsApp has named the account: Baileys (7.0.0-rc14) reads `creds.me.id`
 * for every acknowledgement, fails and sends none. It may go when Baileys acknowledges without `me`.
 */
export function acknowledgeEarly(
  { ws, authState, sendNode }: Pick<WASocket, 'ws' | 'authState' | 'sendNode'>,
  onFailed: (error: unknown) => void,
): void {
  ws.on('CB:notification', (node: BinaryNode) => {
    if (authState.creds.me?.id) return;
    sendNode(buildAckStanza(node)).catch(onFailed);
  });
}
