import type { Queries } from '../../storage/queries.ts';
import { chatKind } from '../chats.ts';
import { Labels, labelView } from '../labels.ts';
import { displayNamesOf } from './display-names.ts';

export interface LabelFilter {
  ids: string[];
  names: string[];
}

/** Chats with at least one of the labels that the filter names; with any label when it names none. */
export async function labelledChats(db: Queries, instanceId: string, { ids, names }: LabelFilter) {
  const labels = new Labels(db, instanceId);
  const known = (await labels.listed()).filter(({ state }) => state === 'present');
  const wantedNames = new Set(names.map((name) => name.toLowerCase()));
  const applied = known
    .filter(({ label_id, name }) => ids.includes(label_id) || wantedNames.has(name.toLowerCase()))
    .map(({ label_id }) => label_id);
  const unfiltered = ids.length === 0 && names.length === 0;
  const carried = [...(await labels.ofChats())]
    .map(([chat, all]) => {
      return { chat, labels: unfiltered ? all : all.filter(({ label_id }) => applied.includes(label_id)) };
    })
    .filter(({ labels }) => labels.length > 0);
  const nameOf = await displayNamesOf(
    db,
    instanceId,
    carried.map(({ chat }) => chat),
  );
  const chats = carried.map(({ chat, labels }) => {
    const { jid, title } = nameOf(chat);
    const is_group = chatKind(chat) === 'group';
    return { chat_jid: jid, name: title ?? '', is_group, labels: labels.map(labelView) };
  });
  return {
    chats: chats.sort((a, b) => (a.chat_jid < b.chat_jid ? -1 : 1)),
    total_chats: chats.length,
    total_rows: chats.reduce((total, { labels }) => total + labels.length, 0),
    filter_label_ids: applied,
  };
}
