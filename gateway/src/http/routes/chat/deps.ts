import type { DeleteChatDeps } from '../../../instances/chats/delete-chat.ts';
import type { CreateLabelDeps } from '../../../instances/chats/labels/create-label.ts';
import type { ForwardDeps } from '../../../instances/chats/messages/forward-message.ts';
import type { PresenceDeps } from '../../../instances/chats/show-presence.ts';

/** What the operations behind `/api/chat/*` work with. */
export type ChatRouteDeps = ForwardDeps & DeleteChatDeps & CreateLabelDeps & PresenceDeps;
