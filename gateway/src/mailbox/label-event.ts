import { timestamp } from '../clock.ts';
import type { NewEvent } from '../events/new-event.ts';
import type { LabelRow } from '../storage/schema.ts';

/** Every `label.update` carries all of these; what does not apply is null. */
const NOTHING = {
  name: null,
  color: null,
  deleted: null,
  chatJid: null,
  messageId: null,
  labeled: null,
};

/** `label.update`: a label was created, changed or deleted. `label`: as it was known last. */
export function labelEdited(
  id: string,
  action: 'created' | 'updated' | 'deleted',
  label: Pick<LabelRow, 'name' | 'color'> | undefined,
  now: number,
): NewEvent {
  const { name, color } = label ?? NOTHING;
  const deleted = action === 'deleted';
  return event(null, { ...NOTHING, type: 'edit', labelId: id, action, name, color, deleted }, now);
}

/** `label.update`: a label was put on a chat or a message of it, or taken off. */
export function labelAssigned(
  id: string,
  { chatJid, messageId }: { chatJid: string; messageId: string | null },
  labeled: boolean,
  now: number,
): NewEvent {
  const type = messageId === null ? 'chat' : 'message';
  const action = labeled ? 'add' : 'remove';
  return event(chatJid, { ...NOTHING, type, labelId: id, action, chatJid, messageId, labeled }, now);
}

interface LabelData {
  type: string;
  labelId: string;
  action: string;
  name: string | null;
  color: number | null;
  deleted: boolean | null;
  chatJid: string | null;
  messageId: string | null;
  labeled: boolean | null;
}

function event(lane: string | null, data: LabelData, now: number): NewEvent {
  const { type, labelId, action, name, color, deleted, chatJid, messageId, labeled } = data;
  // The keys in the order of the contract.
  const ordered = { type, labelId, action, name, color, deleted, chatJid, messageId, labeled };
  return { kind: 'label.update', lane, dedupeKey: null, data: { ...ordered, timestamp: timestamp(now) } };
}
