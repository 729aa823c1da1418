import type { Clock } from '../../../clock.ts';
import type { ChatActions } from '../../../instances/chat-actions.ts';
import type { ChatStates } from '../../../instances/chat-states.ts';
import type { ChatTargets } from '../../../instances/chat-target.ts';
import type { ChatFiles } from '../../../instances/media/chat-files.ts';
import type { Sender } from '../../../instances/sender.ts';
import type { NumberBook } from '../../../mailbox/number-book.ts';
import type { Queries } from '../../../storage/database.ts';
import type { Session } from '../../../whatsapp/session.ts';

export interface ChatRouteDeps {
  db: Queries;
  clock: Clock;
  numbers: NumberBook;
  targets: ChatTargets;
  /** The open session of an instance; throws `instance_not_connected`. */
  sessions: { session(instanceId: string): Session };
  actions: ChatActions;
  chatStates: ChatStates;
  sender: Sender;
  files: Pick<ChatFiles, 'of' | 'delete'>;
  random: (bytes: number) => Uint8Array;
}
