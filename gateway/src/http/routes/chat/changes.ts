import type { Route } from '../../route.ts';
import { archiveRoute } from './archive.ts';
import { blockRoute } from './block.ts';
import { deleteChatRoute } from './delete-chat.ts';
import { deleteMessageRoute } from './delete-message.ts';
import type { ChatRouteDeps } from './deps.ts';
import { editRoute } from './edit.ts';
import { favoriteRoute } from './favorite.ts';
import { forwardRoute } from './forward.ts';
import { markChatReadRoute } from './mark-chat-read.ts';
import { markReadRoute } from './mark-read.ts';
import { muteRoute } from './mute.ts';
import { pinRoutes } from './pin.ts';
import { pinMessageRoute } from './pin-message.ts';
import { presenceRoute } from './presence.ts';
import { tagAssignRoute } from './tag-assign.ts';
import { tagCreateRoute } from './tag-create.ts';
import { tagDeleteRoute } from './tag-delete.ts';
import { tagListRoute } from './tag-list.ts';
import { tagRemoveRoute } from './tag-remove.ts';

/** The routes of `/api/chat/*` that change something, and the list of labels. */
export function changeRoutes(deps: ChatRouteDeps): Route[] {
  return [
    tagListRoute(deps),
    tagCreateRoute(deps),
    tagDeleteRoute(deps),
    tagAssignRoute(deps),
    tagRemoveRoute(deps),
    archiveRoute(deps),
    markReadRoute(deps),
    markChatReadRoute(deps),
    ...pinRoutes(deps),
    pinMessageRoute(deps),
    favoriteRoute(deps),
    muteRoute(deps),
    blockRoute(deps),
    presenceRoute(deps),
    forwardRoute(deps),
    editRoute(deps),
    deleteMessageRoute(deps),
    deleteChatRoute(deps),
  ];
}
