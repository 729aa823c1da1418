import type { CallDesk } from '../../../instances/calls/call-desk.ts';
import type { Session } from '../../../whatsapp/session.ts';

export interface CallRouteDeps {
  calls: Pick<CallDesk, 'place'>;
  sessions: { session(instanceId: string): Pick<Session, 'calls'> };
}
