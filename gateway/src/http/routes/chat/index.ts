import type { Route } from '../../route.ts';
import { changeRoutes } from './changes.ts';
import { checkNumbersRoute } from './check-numbers.ts';
import { contactsRoute } from './contacts.ts';
import { contactsByLabelRoute } from './contacts-by-label.ts';
import type { ChatRouteDeps } from './deps.ts';
import { getMessageRoute } from './get-message.ts';
import { historyRoute } from './history.ts';
import { listRoute } from './list.ts';
import { pollRoute } from './poll.ts';
import { statusRoute } from './status.ts';

/** `/api/chat/*` */
export function chatRoutes(deps: ChatRouteDeps): Route[] {
  return [
    contactsRoute(deps),
    contactsByLabelRoute(deps),
    getMessageRoute(deps),
    historyRoute(deps),
    statusRoute(deps),
    pollRoute(deps),
    checkNumbersRoute(deps),
    listRoute(deps),
    ...changeRoutes(deps),
  ];
}
