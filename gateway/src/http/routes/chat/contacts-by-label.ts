import { z } from 'zod';
import { refreshLabels } from '../../../instances/chats/labels/refresh-labels.ts';
import { labelledChats } from '../../../mailbox/read/labelled-chats.ts';
import { type Route, type RouteExample, route } from '../../route.ts';
import type { ChatRouteDeps } from './deps.ts';
import { queryFlag } from './fields.ts';

const important = { id: '1', name: 'Important', color: 0, type: 'CUSTOM', deleted: false };
const vip = { id: '2', name: 'VIP', color: 5, type: 'CUSTOM', deleted: false };

const examples: RouteExample[] = [
  {
    query: { labelIds: '1,2' },
    answer: {
      success: true,
      message: 'Chats retrieved successfully',
      chats: [
        {
          chat_jid: '120363406289005073@g.us',
          name: 'Dev Team',
          is_group: true,
          labels: [vip],
        },
        {
          chat_jid: '5511999999999@s.whatsapp.net',
          name: 'João Silva',
          is_group: false,
          labels: [important, vip],
        },
      ],
      total_chats: 2,
      total_rows: 3,
      refreshed: false,
      filter_label_ids: ['1', '2'],
    },
  },
];

const commaList = z
  .string()
  .optional()
  .transform((text) => (text ?? '').split(',').flatMap((part) => part.trim() || []));

export function contactsByLabelRoute(deps: ChatRouteDeps): Route {
  return route({
    method: 'GET',
    path: '/api/chat/contactsByLabel/:instance',
    summary: 'List chats by label',
    examples,
    access: { to: 'instance' },
    rate: 'global',
    query: z.object({ labelIds: commaList, labelNames: commaList, refresh: queryFlag('refresh') }),
    async handle({ instance, query: { labelIds, labelNames, refresh } }) {
      if (refresh) await refreshLabels(instance, deps);
      const { filter_label_ids, ...found } = await labelledChats(deps.db, instance.id, {
        ids: labelIds,
        names: labelNames,
      });
      const message = 'Chats retrieved successfully';
      return { body: { success: true, message, ...found, refreshed: refresh, filter_label_ids } };
    },
  });
}
