import type { BinaryNode } from 'baileys';
import type { PasskeyCredential } from '../../passkey/credential.ts';
import { readPasskeyOptions } from '../../passkey/options.ts';
import type { PasskeyFailure } from '../../passkey/port.ts';
import {
  type Answer,
  type AskingRef,
  type CeremonyState,
  type Confirmation,
  done,
  type Effect,
  type Environment,
  failed,
  type Input,
  isRunning,
  type Opening,
  type Proving,
  type Required,
  type Revealing,
  type RunningState,
} from './ceremony-state.ts';
import {
  handoffKey,
  handoffProof,
  IV_BYTES,
  KEY_BYTES,
  keyPairOf,
  NONCE_BYTES,
  pairingKey,
  verificationCode,
  wipe,
} from './crypto.ts';
import { encryptedPairingRequest, prologuePayload, readPrimaryIdentity } from './messages.ts';
import {
  askOptions,
  askRef,
  childBytes,
  companionNonce,
  encryptedRequest,
  prologue,
  readRef,
} from './stanzas.ts';

/** WhatsApp's own client waits as long for the phone, for its user, and for the end of the pairing. */
export const STEP_MS = 120_000;
export const HANDOFF_MS = 300_000;
const ID_BYTES = 16;

export interface Transition {
  state: CeremonyState;
  effects: Effect[];
}

/**
 * One step of linking by passkey: what comes in changes the state and asks for effects. Pure, except that secrets of
 * the state before are overwritten once they are used. An input that does not fit the step changes nothing.
 */
export function step(state: CeremonyState, input: Input, env: Environment): Transition {
  if (input.kind === 'prologue_request') return requested(state, input, env);
  if (!isRunning(state)) return { state, effects: [] };
  switch (input.kind) {
    case 'answered':
      if (input.asked !== state.asked) break;
      return answered(state, input.answer, env);
    case 'respond':
      return state.step === 'required' ? responded(state, input.credential, env) : still(state);
    case 'continuation':
      return continued(state, input.primary, env);
    case 'confirm':
      return state.step === 'confirmation' ? finish(state, false, env) : still(state);
    case 'deadline':
      return expired(state, env);
    case 'paired':
      return still(done(state));
    case 'cancel':
      return fail(state, 'passkey_cancelled', 'by the user');
    case 'connection_lost':
      return fail(state, 'passkey_connection_lost', `during ${state.step}`);
  }
  return still(state);
}

function requested(
  state: CeremonyState,
  { options, advSecret }: Extract<Input, { kind: 'prologue_request' }>,
  env: Environment,
): Transition {
  if (isRunning(state)) return requestedAgain(state, options, env);
  if (state.step !== 'idle') return still(state);
  const next = env.random(KEY_BYTES);
  const opening: Opening = {
    step: 'opening',
    id: env.random(ID_BYTES).toString('base64url'),
    asked: 0,
    deadline: env.now + STEP_MS,
    advSecret: next,
    handoff: { key: handoffKey(advSecret), until: env.now + HANDOFF_MS },
  };
  // The engine gets a copy, because ours is overwritten.
  const secret: Effect = { kind: 'set_adv_secret', secret: Buffer.from(next) };
  const { state: opened, effects } = options ? offered(opening, options, env) : ask(opening, askOptions());
  return { state: opened, effects: [secret, ...effects] };
}

/**
 * Secret and handoff key stay: the phone knows the secret before the first request and no other. New options count
 * until an assertion is on its way; one of the old options would be refused then.
 */
function requestedAgain(state: RunningState, bytes: Uint8Array | null, env: Environment): Transition {
  if (state.step !== 'required' && state.step !== 'opening' && state.step !== 'asking_ref')
    return still(state);
  const options = bytes && readPasskeyOptions(bytes);
  if (!options) return still(state);
  const { id, asked, advSecret, handoff } = state;
  const deadline = env.now + options.lifeMs;
  // A query under way is late from now on.
  return still({ step: 'required', id, asked: asked + 1, advSecret, handoff, deadline, options });
}

function offered(state: Opening, bytes: Uint8Array | null, env: Environment): Transition {
  const options = bytes && readPasskeyOptions(bytes);
  if (!options) return fail(state, 'passkey_rejected', 'the options cannot be read');
  return still({ ...state, step: 'required', options, deadline: env.now + options.lifeMs });
}

function responded(state: Required, credential: PasskeyCredential, env: Environment): Transition {
  const { options: _, ...rest } = state;
  return ask({ ...rest, step: 'asking_ref', credential, deadline: env.now + STEP_MS }, askRef());
}

function answered(state: RunningState, answer: Answer, env: Environment): Transition {
  if ('failed' in answer) return fail(state, 'passkey_rejected', `${state.step}: ${answer.failed}`);
  switch (state.step) {
    case 'opening':
      return offered(state, childBytes(answer.result, 'passkey_request_options'), env);
    case 'asking_ref':
      return prove(state, readRef(answer.result), env);
    case 'proving':
      return state.primary ? reveal(state, env) : still({ ...state, step: 'awaiting_phone' });
    case 'revealing':
      return compare(state, env);
    default:
      return still(state);
  }
}

function prove(state: AskingRef, ref: string | null, env: Environment): Transition {
  if (!ref) return fail(state, 'passkey_rejected', 'the ref cannot be read');
  const ephemeral = keyPairOf(env.random(KEY_BYTES));
  const nonce = env.random(NONCE_BYTES);
  const { deviceType } = env.companion;
  const payload = prologuePayload({ publicKey: ephemeral.public, nonce, deviceType, ref });
  const { handoff, credential, ...rest } = state;
  const proof = handoff && env.now < handoff.until ? handoffProof(handoff.key, payload) : null;
  wipe(handoff?.key ?? null);
  const pairing = { ephemeral, nonce, ref, skipConfirmation: proof !== null };
  return ask(
    { ...rest, step: 'proving', pairing, primary: null, deadline: env.now + STEP_MS },
    prologue({ ...credential, payload, proof }),
  );
}

/** The server answers the prologue first, but two frames that come together are handled in either order. */
function continued(state: RunningState, bytes: Uint8Array | null, env: Environment): Transition {
  if (state.step !== 'proving' && state.step !== 'awaiting_phone') return still(state);
  if (state.step === 'proving' && state.primary) return still(state);
  const primary = bytes && readPrimaryIdentity(bytes);
  if (!primary) return fail(state, 'passkey_rejected', "the phone's identity cannot be read");
  if (state.step === 'proving') return still({ ...state, primary });
  return reveal({ ...state, step: 'proving', primary }, env);
}

function reveal(state: Proving, env: Environment): Transition {
  const { primary, ...rest } = state;
  if (!primary) return still(state);
  const nonce = companionNonce(state.pairing.nonce);
  return ask({ ...rest, step: 'revealing', primary, deadline: env.now + STEP_MS }, nonce);
}

function compare(state: Revealing, env: Environment): Transition {
  const { pairing, primary, ...rest } = state;
  const { deviceType } = env.companion;
  let key: Buffer;
  try {
    key = pairingKey(pairing.ephemeral.private, primary.publicKey, { deviceType, ref: pairing.ref });
  } catch {
    // A point of small order: everybody would know the shared secret.
    return fail(state, 'passkey_rejected', "the phone's key is no good");
  }
  const code = verificationCode(pairing.nonce, primary);
  wipe(pairing.ephemeral.private, pairing.nonce);
  const compared: Confirmation = { ...rest, step: 'confirmation', code, key, deadline: env.now + STEP_MS };
  return pairing.skipConfirmation ? finish(compared, true, env) : still(compared);
}

function finish(state: Confirmation, skipConfirmation: boolean, env: Environment): Transition {
  const { key, code: _, advSecret, ...rest } = state;
  const { noiseKey, identityKey } = env.companion;
  const bytes = encryptedPairingRequest({ noiseKey, identityKey, advSecret }, key, env.random(IV_BYTES));
  wipe(key, advSecret);
  return ask(
    { ...rest, step: 'finishing', skipConfirmation, deadline: env.now + STEP_MS },
    encryptedRequest(bytes),
  );
}

/** What it means that nothing came: the user, the phone, or the server did not answer. */
const SILENCE: Record<RunningState['step'], PasskeyFailure> = {
  opening: 'passkey_rejected',
  required: 'passkey_timeout',
  asking_ref: 'passkey_rejected',
  proving: 'passkey_rejected',
  awaiting_phone: 'passkey_no_answer',
  revealing: 'passkey_rejected',
  confirmation: 'passkey_timeout',
  finishing: 'passkey_no_answer',
};

function expired(state: RunningState, { now }: Environment): Transition {
  if (now >= state.deadline) return fail(state, SILENCE[state.step], `during ${state.step}`);
  if (state.step !== 'required' || !state.handoff || now < state.handoff.until) return still(state);
  wipe(state.handoff.key);
  return still({ ...state, handoff: null });
}

function ask(state: RunningState, node: BinaryNode): Transition {
  const asked = state.asked + 1;
  return { state: { ...state, asked }, effects: [{ kind: 'query', asked, node }] };
}

function fail(state: RunningState, reason: PasskeyFailure, detail: string): Transition {
  return still(failed(state, reason, detail));
}

function still(state: CeremonyState): Transition {
  return { state, effects: [] };
}
