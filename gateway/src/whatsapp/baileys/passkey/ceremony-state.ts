import type { BinaryNode } from 'baileys';
import type { PasskeyCredential } from '../../passkey/credential.ts';
import type { PasskeyOptions } from '../../passkey/options.ts';
import type { PasskeyFailure, PasskeyRefusal, PasskeyView } from '../../passkey/port.ts';
import { type KeyPair, wipe } from './crypto.ts';
import type { PrimaryIdentity } from './messages.ts';

/** The device that links, as it registered. */
export interface Companion {
  /** Public keys, 32 raw bytes each. */
  noiseKey: Uint8Array;
  identityKey: Uint8Array;
  /** `DeviceProps.platformType`. */
  deviceType: number;
}

/** What every running step has. */
interface Running {
  id: string;
  /** Number of the last query; answers to earlier ones are late. */
  asked: number;
  /** Unix milliseconds at which waiting has failed. */
  deadline: number;
  /** A copy of the ADV secret that this ceremony made; it goes into the pairing request. */
  advSecret: Buffer;
}

interface BeforePrologue extends Running {
  /** Good for one proof until a moment in Unix milliseconds; null when it was used or that moment has passed. */
  handoff: { key: Buffer; until: number } | null;
}

export interface Pairing {
  ephemeral: KeyPair;
  nonce: Buffer;
  ref: string;
  /** The phone knows the device by the proof, so that no code has to be compared. */
  skipConfirmation: boolean;
}

export interface Opening extends BeforePrologue {
  step: 'opening';
}
export interface Required extends BeforePrologue {
  step: 'required';
  options: PasskeyOptions;
}
export interface AskingRef extends BeforePrologue {
  step: 'asking_ref';
  credential: PasskeyCredential;
}
export interface Proving extends Running {
  step: 'proving';
  pairing: Pairing;
  /** A continuation that was read before the answer to the prologue. */
  primary: PrimaryIdentity | null;
}
export interface AwaitingPhone extends Running {
  step: 'awaiting_phone';
  pairing: Pairing;
}
export interface Revealing extends Running {
  step: 'revealing';
  pairing: Pairing;
  primary: PrimaryIdentity;
}
export interface Confirmation extends Running {
  step: 'confirmation';
  code: string;
  /** Of the encrypted pairing request. */
  key: Buffer;
}
export interface Finishing extends Omit<Running, 'advSecret'> {
  step: 'finishing';
  skipConfirmation: boolean;
}

export type RunningState =
  | Opening
  | Required
  | AskingRef
  | Proving
  | AwaitingPhone
  | Revealing
  | Confirmation
  | Finishing;

/** One ceremony per connection: after its end the device links anew, with fresh keys, on a fresh connection. */
export type CeremonyState =
  | { step: 'idle' }
  | RunningState
  | { step: 'failed'; id: string; reason: PasskeyFailure; detail: string }
  | { step: 'done'; id: string };

export type Input =
  /** `options`: the bytes that came along, if any did. `advSecret`: the secret that the phone has scanned. */
  | { kind: 'prologue_request'; options: Uint8Array | null; advSecret: Uint8Array }
  | { kind: 'answered'; asked: number; answer: Answer }
  | { kind: 'respond'; credential: PasskeyCredential }
  | { kind: 'continuation'; primary: Uint8Array | null }
  | { kind: 'confirm' | 'cancel' | 'deadline' | 'paired' | 'connection_lost' };

/** A query's result, or what it failed of, for the log. */
export type Answer = { result: BinaryNode } | { failed: string };

export type Effect =
  | { kind: 'set_adv_secret'; secret: Buffer }
  /** Its answer comes back as `answered` with the same number. */
  | { kind: 'query'; asked: number; node: BinaryNode };

export interface Environment {
  companion: Companion;
  /** Unix milliseconds. */
  now: number;
  random(bytes: number): Buffer;
}

export function isRunning(state: CeremonyState): state is RunningState {
  return state.step !== 'idle' && state.step !== 'failed' && state.step !== 'done';
}

/** When `deadline` is to be put in next; null when nothing is waited for. */
export function deadlineOf(state: CeremonyState): number | null {
  if (!isRunning(state)) return null;
  return state.step === 'required' && state.handoff
    ? Math.min(state.handoff.until, state.deadline)
    : state.deadline;
}

const STATUS = {
  required: 'required',
  asking_ref: 'verifying',
  proving: 'verifying',
  awaiting_phone: 'verifying',
  revealing: 'verifying',
  confirmation: 'confirmation',
  finishing: 'finishing',
} as const;

/** Null while no user can do anything: no ceremony runs, or its options are still on their way. */
export function viewOf(state: CeremonyState): PasskeyView | null {
  if (!isRunning(state) || state.step === 'opening') return null;
  return {
    status: STATUS[state.step],
    id: state.id,
    publicKey: state.step === 'required' ? state.options.publicKey : null,
    expiresAt: state.deadline,
    code: state.step === 'confirmation' ? state.code : null,
    skipConfirmation: skipsConfirmation(state),
  };
}

function skipsConfirmation(state: RunningState): boolean | null {
  if (state.step === 'confirmation') return false;
  if (state.step === 'finishing') return state.skipConfirmation;
  return 'pairing' in state ? state.pairing.skipConfirmation : null;
}

/** Whether an answer of the user belongs to the ceremony and to its step; null when it does. */
export function refusalOf(
  state: CeremonyState,
  id: string,
  step: 'required' | 'confirmation',
  now: number,
): PasskeyRefusal | null {
  if (state.step === 'failed' && state.id === id && state.reason === 'passkey_timeout') return 'expired';
  if (!isRunning(state)) return 'none_waiting';
  if (state.id !== id) return 'another_running';
  if (state.step !== step) return 'none_waiting';
  return now < state.deadline ? null : 'expired';
}

/** The failed state; no secret of the ceremony outlives it. */
export function failed(state: RunningState, reason: PasskeyFailure, detail: string): CeremonyState {
  wipeSecrets(state);
  return { step: 'failed', id: state.id, reason, detail };
}

export function done(state: RunningState): CeremonyState {
  wipeSecrets(state);
  return { step: 'done', id: state.id };
}

function wipeSecrets(state: RunningState): void {
  if ('advSecret' in state) wipe(state.advSecret);
  if ('handoff' in state) wipe(state.handoff?.key ?? null);
  if ('pairing' in state) wipe(state.pairing.ephemeral.private, state.pairing.nonce);
  if ('key' in state) wipe(state.key);
}
