import type { InstanceRow } from '../../storage/schema.ts';
import type { PasskeyStatus } from '../../whatsapp/passkey/port.ts';
import type { Presence } from '../../whatsapp/session.ts';
import type { LiveState } from '../supervisor.ts';
import type { PairingAttempt } from './pairing-attempt.ts';

/** `banned`: waiting for the end of a temporary ban. */
export type Phase = 'idle' | 'connecting' | 'open' | 'banned';

const DURING_PASSKEY: Record<PasskeyStatus, string> = {
  required: 'Passkey required',
  verifying: 'Connecting',
  confirmation: 'Waiting for passkey confirmation',
  finishing: 'Connecting',
};

/** What a caller sees of an instance that is in this phase. */
export function liveState(
  phase: Phase,
  {
    attempt,
    presence,
    link,
  }: {
    attempt: PairingAttempt | null;
    presence: Presence;
    link: InstanceRow['link'];
  },
): LiveState {
  if (attempt?.passkey)
    return { state: 'connecting', display: DURING_PASSKEY[attempt.passkey.status], presence };
  if (attempt && !attempt.isPaired) {
    const awaited = attempt.wantsCode ? 'pairing code' : 'QR code';
    return { state: 'connecting', display: `Waiting for ${awaited}`, presence };
  }
  if (phase === 'open') return { state: 'connected', display: 'Connected', presence };
  if (phase === 'connecting') return { state: 'connecting', display: 'Connecting', presence };
  if (phase === 'banned') return { state: 'disconnected', display: 'Temporarily banned', presence };
  return dormant(link);
}

/** An instance for which nothing is open, opening or waiting. */
export function dormant(link: InstanceRow['link']): LiveState {
  return link === 'loggedout'
    ? { state: 'loggedout', display: 'Logged out', presence: 'unavailable' }
    : { state: 'disconnected', display: 'Disconnected', presence: 'unavailable' };
}
