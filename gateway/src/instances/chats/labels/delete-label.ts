import { failure } from '../../../failure.ts';
import type { InstanceRow } from '../../../storage/schema.ts';
import { ChatAction } from '../chat-action.ts';
import type { ChatDeps } from '../deps.ts';

/** Deletes a label on every device of the account and takes it off every chat. Throws `label_unknown`. */
export async function deleteLabel(instance: InstanceRow, id: string, deps: ChatDeps): Promise<void> {
  const action = new ChatAction(instance, 'delete tag', deps);
  const label = await action.mailbox(({ labels }) => labels.find(id));
  if (!label || label.state === 'gone') throw failure('label_unknown');
  if (label.state !== 'present') return;
  const { name, color } = label;
  await action.ask(() => action.session.chats.editLabel({ id, name, color, deleted: true }));
}
