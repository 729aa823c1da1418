import type { Clock } from '../../../clock.ts';
import type { ChatActions } from '../../../instances/chats/chat-actions.ts';
import type { ChatStates } from '../../../instances/chats/chat-states.ts';
import type { ChatTargets } from '../../../instances/chats/chat-target.ts';
import type { ChatFiles } from '../../../instances/media/chat-files.ts';
import type { ForwardDeps } from '../../../instances/sending/forward-message.ts';
import type { NumberCache } from '../../../mailbox/number-cache.ts';
import type { Queries } from '../../../storage/queries.ts';
import type { Session } from '../../../whatsapp/session.ts';

export interface ChatRouteDeps extends ForwardDeps {
  db: Queries;
  clock: Clock;
  numbers: NumberCache;
  targets: ChatTargets;
  /** The open session of an instance; throws `instance_not_connected`. */
  sessions: { session(instanceId: string): Session };
  actions: ChatActions;
  chatStates: ChatStates;
  files: Pick<ChatFiles, 'of' | 'delete'>;
}
