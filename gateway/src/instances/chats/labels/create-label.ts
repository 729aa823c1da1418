import type { KeyedMutex } from '../../../async/keyed-mutex.ts';
import type { InstanceRow } from '../../../storage/schema.ts';
import { ChatAction } from '../chat-action.ts';
import type { ChatDeps } from '../deps.ts';

export interface CreateLabelDeps extends ChatDeps {
  /** By instance: two labels that are created at the same time would get the same id. */
  labelCreation: KeyedMutex;
}

/** Creates a label on every device of the account; resolves with its id. */
export async function createLabel(
  instance: InstanceRow,
  label: { name: string; color: number },
  deps: CreateLabelDeps,
): Promise<string> {
  const action = new ChatAction(instance, 'create tag', deps);
  const { chats } = action.session;
  const create = async () => {
    await chats.syncLabels(); // else the id may be that of a label of the phone
    const id = await action.mailbox(({ labels }) => labels.nextId());
    await chats.editLabel({ id, ...label, deleted: false });
    return id;
  };
  return action.ask(() => deps.labelCreation.run(instance.id, create));
}
