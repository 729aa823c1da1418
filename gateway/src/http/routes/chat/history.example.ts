import type { RouteExample } from '../../route.ts';

export const historyExamples: RouteExample[] = [
  {
    body: { number: '5511999999999', count: 50 },
    answer: {
      success: true,
      message: 'Chat history retrieved successfully',
      chat_jid: '5511999999999@s.whatsapp.net',
      count: 2,
      hasMore: false,
      nextCursor: null,
      messages: [
        {
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
          type: 'image',
          content: 'Look',
          media: {
            type: 'image',
            mimeType: 'image/jpeg',
            size: 84211,
            caption: 'Look',
            available: true,
          },
          timestamp: '2026-04-28T14:30:00Z',
          status: 'received',
          replyTo: { messageId: '3EB0AAAAAAAAAAAAAAAA' },
          isEdit: false,
        },
        {
          messageId: '3EB0AAAAAAAAAAAAAAAA',
          id: '3EB0AAAAAAAAAAAAAAAA',
          chatJid: '5511999999999@s.whatsapp.net',
          fromMe: true,
          sender: { jid: '5511888888888@s.whatsapp.net', lid: '199876543210987@lid', name: 'Support' },
          senderJid: '5511888888888@s.whatsapp.net',
          type: 'text',
          content: 'Hi!',
          timestamp: '2026-04-28T14:29:10Z',
          status: 'read',
          isEdit: false,
        },
      ],
    },
  },
];
