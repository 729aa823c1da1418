import type { BinaryNode, WASocket } from 'baileys';

/**
 * Answers the server's pings, which come without an id: `<iq from="s.whatsapp.net" type="get" xmlns="urn:xmpp:ping"/>`.
 *
 * Baileys (rc14) leaves them unanswered. It may go when the engine answers them.
 */
export function answerServerPings(socket: WASocket, onFailed: (error: unknown) => void): void {
  socket.ws.on('CB:iq,xmlns:urn:xmpp:ping', ({ attrs }: BinaryNode) => {
    const { id, type, from } = attrs;
    if (type !== 'get') return;
    const answer = { to: from ?? 's.whatsapp.net', type: 'result', ...(id && { id }) };
    socket.sendNode({ tag: 'iq', attrs: answer }).catch(onFailed);
  });
}
