/** João Silva, to whom the examples are sent. */
const JOAO = {
  jid: '5511999999999@s.whatsapp.net',
  lid: '100000000000001@lid',
  name: 'João Silva',
  type: 'private',
};

/** The group of the examples. */
export const DEV_TEAM = {
  jid: '120363406289005073@g.us',
  name: 'Dev Team',
  groupName: 'Dev Team',
  type: 'group',
};

/** An example answer of a sending route: `data` adds to, or replaces, what all of them have. */
export function sentExample(
  message: string,
  data: { messageId: string; messageType: string; content: string; [key: string]: unknown },
): object {
  const { messageId, messageType, content, ...rest } = data;
  return {
    success: true,
    message,
    status: 'sent',
    data: {
      messageId,
      direction: 'outgoing',
      messageType,
      content,
      timestamp: '2026-04-28T14:30:00Z',
      source: 'api',
      status: 'sent',
      chat: JOAO,
      sender: { jid: '5511888888888@s.whatsapp.net', lid: '200000000000002@lid', name: 'Blue Store' },
      ...rest,
    },
  };
}
