import type { InstanceRow } from '../../../storage/schema.ts';
import { ChatAction } from '../chat-action.ts';
import type { ChatDeps } from '../deps.ts';

/** Reads all labels and the chats that carry them from WhatsApp again. */
export async function refreshLabels(instance: InstanceRow, deps: ChatDeps): Promise<void> {
  const action = new ChatAction(instance, 'refresh labels', deps);
  await action.ask(() => action.session.chats.rebuildLabels());
}
