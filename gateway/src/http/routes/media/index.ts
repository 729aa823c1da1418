import type { MessageFileDeps } from '../../../instances/open-message-file.ts';
import type { Route } from '../../route.ts';
import { base64Route } from './base64.ts';

/** Files of messages. */
export function mediaRoutes(deps: MessageFileDeps): Route[] {
  return [base64Route(deps)];
}
