import type { Route } from '../../route.ts';
import { audioCall } from './audio.ts';
import type { CallRouteDeps } from './deps.ts';
import { fakeCall } from './fake.ts';

/** `/api/call/*` */
export function callRoutes(deps: CallRouteDeps): Route[] {
  return [fakeCall(deps), audioCall(deps)];
}
