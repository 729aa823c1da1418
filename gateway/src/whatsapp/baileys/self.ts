import { type AuthenticationCreds, jidNormalizedUser } from 'baileys';
import type { Self } from '../session.ts';

/** The account to which these credentials belong; null before pairing. */
export function selfOf({ me }: Pick<AuthenticationCreds, 'me'>): Self | null {
  if (!me?.id) return null;
  return {
    jid: jidNormalizedUser(me.id),
    lid: me.lid ? jidNormalizedUser(me.lid) : null,
    name: me.name ?? '',
  };
}
