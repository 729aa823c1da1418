import type { DeleteChatDeps } from '../../../instances/chats/delete-chat.ts';
import type { CreateLabelDeps } from '../../../instances/chats/labels/create-label.ts';
import type { PresenceDeps } from '../../../instances/chats/show-presence.ts';
import type { ForwardDeps } from '../../../instances/sending/forward-message.ts';

/** What the operations behind `/api/chat/*` work with. */
export type ChatRouteDeps = ForwardDeps & DeleteChatDeps & CreateLabelDeps & PresenceDeps;
