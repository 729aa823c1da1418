import type { Clock } from '../../../clock.ts';
import type { ChatActions } from '../../../instances/chat-actions.ts';
import type { ChatStates } from '../../../instances/chat-states.ts';
import type { ChatTargets } from '../../../instances/chat-target.ts';
import type { ForwardDeps } from '../../../instances/forward-message.ts';
import type { ChatFiles } from '../../../instances/media/chat-files.ts';
import type { NumberBook } from '../../../mailbox/number-book.ts';
import type { Queries } from '../../../storage/database.ts';
import type { Session } from '../../../whatsapp/session.ts';

export interface ChatRouteDeps extends ForwardDeps {
  db: Queries;
  clock: Clock;
  numbers: NumberBook;
  targets: ChatTargets;
  /** The open session of an instance; throws `instance_not_connected`. */
  sessions: { session(instanceId: string): Session };
  actions: ChatActions;
  chatStates: ChatStates;
  files: Pick<ChatFiles, 'of' | 'delete'>;
}
