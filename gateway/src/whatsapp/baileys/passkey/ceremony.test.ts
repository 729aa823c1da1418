import { proto } from 'baileys';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkCredential } from '../../passkey/credential.ts';
import { credentialJson } from '../../passkey/testing/credential.ts';
import { HANDOFF_MS, step } from './ceremony.ts';
import { type CeremonyState, deadlineOf, type Input, isRunning } from './ceremony-state.ts';
import { CHALLENGE, fill, optionsNode, PRIMARY } from './testing/linking-device.ts';

const companion = { noiseKey: fill(7), identityKey: fill(8), deviceType: 1 };
const options = optionsNode().content as Buffer;
const credential = checkCredential(credentialJson(CHALLENGE), { challenge: CHALLENGE, rpId: 'whatsapp.com' });
const identity = proto.PrimaryEphemeralIdentity.encode({
  publicKey: PRIMARY.keys.public,
  nonce: PRIMARY.nonce,
}).finish();

/** A machine with its own clock; every buffer that it was ever given or made is kept. */
function machine() {
  let state: CeremonyState = { step: 'idle' };
  let now = 0;
  const states: CeremonyState[] = [];
  const feed = (input: Input) => {
    const transition = step(state, input, { companion, now, random: (bytes) => fill(0x55, bytes) });
    state = transition.state;
    states.push(state);
    return transition;
  };
  return { feed, states, state: () => state, wait: (ms: number) => (now += ms), now: () => now };
}

const result = (content: { tag: string; attrs: Record<string, string>; content: Buffer }[] = []) => ({
  result: { tag: 'iq', attrs: {}, content },
});
const ref = { tag: 'ref', attrs: {}, content: Buffer.from('the-ref') };

/** Everything that can come in, right and wrong, with the number of the last query or an older one. */
const inputs = fc.oneof(
  fc.constantFrom<Input>(
    { kind: 'prologue_request', options, advSecret: fill(9) },
    { kind: 'prologue_request', options: null, advSecret: fill(9) },
    { kind: 'prologue_request', options: fill(1, 5_000), advSecret: fill(9) },
    { kind: 'respond', credential },
    { kind: 'continuation', primary: identity },
    { kind: 'continuation', primary: null },
    { kind: 'confirm' },
    { kind: 'cancel' },
    { kind: 'deadline' },
    { kind: 'paired' },
    { kind: 'connection_lost' },
  ),
  fc.record({
    kind: fc.constant('answered' as const),
    asked: fc.constantFrom(-1, 0),
    answer: fc.constantFrom(
      result(),
      result([ref]),
      { result: { tag: 'iq', attrs: {}, content: [optionsNode()] } },
      {
        failed: 'code 400',
      },
    ),
  }),
);

describe('the passkey ceremony', () => {
  it('holds whatever comes, in any order: it waits for something while it runs, and its end is the end', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(inputs, fc.nat(200_000)), { maxLength: 30 }), (sequence) => {
        const { feed, state, wait, now } = machine();
        for (const [input, ms] of sequence) {
          const before = state();
          const last = isRunning(before) ? before.asked : 0;
          feed(input.kind === 'answered' ? { ...input, asked: last + input.asked } : input);
          if (!isRunning(before) && before.step !== 'idle') expect(state()).toBe(before);
          const deadline = deadlineOf(state());
          expect(deadline === null).toBe(!isRunning(state()));
          if (deadline === null) continue;
          wait(Math.min(ms, deadline - now()));
          if (now() === deadline) feed({ kind: 'deadline' });
        }
      }),
      { numRuns: 500 },
    );
  });

  it('overwrites the handoff key when its time is over, though the user may still sign', () => {
    const { feed, state, wait } = machine();
    feed({ kind: 'prologue_request', options, advSecret: fill(9) });
    const required = state();
    if (required.step !== 'required' || !required.handoff) throw new Error('not required');
    const { key } = required.handoff;
    expect(deadlineOf(required)).toBe(HANDOFF_MS);
    wait(HANDOFF_MS);
    feed({ kind: 'deadline' });
    expect(key).toEqual(fill(0));
    expect(state()).toMatchObject({ step: 'required', handoff: null });
    expect(deadlineOf(state())).toBe(600_000);
  });

  it('overwrites each key as soon as it has done its work', () => {
    const { feed, states } = machine();
    feed({ kind: 'prologue_request', options, advSecret: fill(9) });
    feed({ kind: 'respond', credential });
    feed({ kind: 'answered', asked: 1, answer: result([ref]) });
    const [required] = states;
    expect(required?.step === 'required' && required.handoff?.key).toEqual(fill(0));
    feed({ kind: 'answered', asked: 2, answer: result() });
    feed({ kind: 'continuation', primary: identity });
    const revealing = states.at(-1);
    if (revealing?.step !== 'revealing') throw new Error('not revealing');
    feed({ kind: 'answered', asked: 3, answer: result() });
    expect(revealing.pairing.ephemeral.private).toEqual(fill(0));
    expect(revealing.pairing.nonce).toEqual(fill(0));
    expect(revealing.advSecret).toEqual(fill(0));
    expect(states.at(-1)).not.toHaveProperty('key');
  });

  it('overwrites the key of the pairing request once it is sealed', () => {
    const { feed, state, wait } = machine();
    feed({ kind: 'prologue_request', options, advSecret: fill(9) });
    wait(HANDOFF_MS);
    feed({ kind: 'respond', credential });
    feed({ kind: 'answered', asked: 1, answer: result([ref]) });
    feed({ kind: 'continuation', primary: identity });
    feed({ kind: 'answered', asked: 2, answer: result() });
    feed({ kind: 'answered', asked: 3, answer: result() });
    const confirmation = state();
    if (confirmation.step !== 'confirmation') throw new Error('no confirmation');
    expect(confirmation.key).not.toEqual(fill(0));
    feed({ kind: 'confirm' });
    expect(confirmation.key).toEqual(fill(0));
    expect(confirmation.advSecret).toEqual(fill(0));
  });
});
