import type { RouteExample } from '../../route.ts';

export const listExamples: RouteExample[] = [
  {
    query: { search: 'joão' },
    answer: {
      success: true,
      message: '1 chat(s) found',
      chats: [
        {
          jid: '5511999999999@s.whatsapp.net',
          lid: '199789077627112@lid',
          name: 'João Silva',
          type: 'private',
          unreadCount: 2,
          markedUnread: false,
          archived: false,
          pinned: true,
          pinnedAt: '2026-04-20T10:00:00Z',
          muted: true,
          mutedUntil: '2026-05-05T14:30:00Z',
          favorite: false,
          labels: [{ id: '2', name: 'VIP', color: 5, type: 'CUSTOM', deleted: false }],
          lastActivityAt: '2026-04-28T14:30:00Z',
          lastMessage: {
            messageId: '3EB08FCF27E532F1B0F5',
            id: '3EB08FCF27E532F1B0F5',
            chatJid: '5511999999999@s.whatsapp.net',
            fromMe: false,
            sender: {
              jid: '5511999999999@s.whatsapp.net',
              lid: '199789077627112@lid',
              name: 'João Silva',
            },
            senderJid: '5511999999999@s.whatsapp.net',
            type: 'text',
            content: 'Hi!',
            timestamp: '2026-04-28T14:30:00Z',
            status: 'received',
            isEdit: false,
          },
        },
      ],
      nextCursor: null,
      hasMore: false,
    },
  },
];
