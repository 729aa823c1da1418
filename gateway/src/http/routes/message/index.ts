import type { SendTextOptions } from '../../../instances/send-text.ts';
import type { Route } from '../../route.ts';
import { textRoute } from './text.ts';

/** `/api/message/*` */
export function messageRoutes(deps: SendTextOptions): Route[] {
  return [textRoute(deps)];
}
