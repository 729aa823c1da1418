import { describe, expect, it } from 'vitest';
import { PasskeyRefused } from '../../passkey/port.ts';
import { fill, LinkingDevice } from './testing/linking-device.ts';

type Step = Parameters<LinkingDevice['reach']>[0];
const SECOND = 1_000;

/** The step that a ceremony has reached, what happens then, and how it ends. */
const cases: [string, Step, (device: LinkingDevice) => unknown, string][] = [
  ['options without a challenge', 'required', () => {}, 'passkey_rejected: the options cannot be read'],
  ['no user', 'required', ({ clock }) => clock.advance(600 * SECOND), 'passkey_timeout: during required'],
  ['a refused ref', 'asking_ref', (device) => device.refuse(400), 'passkey_rejected: asking_ref: code 400'],
  ['an empty ref', 'asking_ref', (device) => device.answer(), 'passkey_rejected: the ref cannot be read'],
  ['no ref', 'asking_ref', (device) => device.leaveUnanswered(), 'passkey_rejected: asking_ref: timed_out'],
  ['a refused prologue', 'proving', (device) => device.refuse(463), 'passkey_rejected: proving: code 463'],
  ['a throttled prologue', 'proving', (device) => device.refuse(429), 'passkey_rejected: proving: throttled'],
  [
    'no answer to the prologue',
    'proving',
    (d) => d.leaveUnanswered(),
    'passkey_rejected: proving: timed_out',
  ],
  [
    'a prologue without any end',
    'proving',
    ({ clock }) => clock.advance(120 * SECOND),
    'passkey_rejected: during proving',
  ],
  [
    'a silent phone',
    'awaiting_phone',
    ({ clock }) => clock.advance(120 * SECOND),
    'passkey_no_answer: during awaiting_phone',
  ],
  [
    'a phone with a short nonce',
    'awaiting_phone',
    (device) => device.continue({ publicKey: fill(3), nonce: fill(4, 31) }),
    "passkey_rejected: the phone's identity cannot be read",
  ],
  [
    'a continuation without an identity',
    'awaiting_phone',
    (device) => device.notify('crsc_continuation'),
    "passkey_rejected: the phone's identity cannot be read",
  ],
  ['a refused nonce', 'revealing', (device) => device.refuse(500), 'passkey_rejected: revealing: code 500'],
  ['a refused request', 'revealed', (device) => device.refuse(400), 'passkey_rejected: finishing: code 400'],
  ['no request taken', 'revealed', (d) => d.leaveUnanswered(), 'passkey_rejected: finishing: timed_out'],
  [
    'no pair-success',
    'revealed',
    async (device) => {
      await device.answer();
      device.clock.advance(120 * SECOND);
    },
    'passkey_no_answer: during finishing',
  ],
  ['a socket lost while the user signs', 'required', (d) => d.linking.ended(), lost('required')],
  ['a socket lost with the ref', 'asking_ref', (device) => device.closeSocket(), lost('asking_ref')],
  ['a socket lost with the prologue', 'proving', (device) => device.closeSocket(), lost('proving')],
  [
    'a socket lost while the phone is waited for',
    'awaiting_phone',
    (d) => d.linking.ended(),
    lost('awaiting_phone'),
  ],
  ['a socket lost before pair-success', 'revealed', (device) => device.linking.ended(), lost('finishing')],
  ['a cancel', 'required', (device) => device.linking.cancel(), 'passkey_cancelled: by the user'],
  ['a cancel while verifying', 'awaiting_phone', (d) => d.linking.cancel(), 'passkey_cancelled: by the user'],
  ['a cancel at the end', 'revealed', (device) => device.linking.cancel(), 'passkey_cancelled: by the user'],
];

function lost(step: string): string {
  return `passkey_connection_lost: during ${step}`;
}

describe('linking by passkey fails once, leaves no secret and no timer, and takes nothing more after', () => {
  it.each(cases)('%s at %s', async (name, step, happen, reported) => {
    const device = new LinkingDevice();
    if (name.startsWith('options')) device.requestPrologue({ challenge: undefined });
    else await device.reach(step);
    const sent = device.queries.length;
    await happen(device);
    expect(device.reports.at(-1)).toBe(reported);
    expect(device.linking.view()).toBeNull();
    expect(device.clock.waiting).toBe(0);
    expectSecretsGone(device);

    device.requestPrologue();
    device.continue();
    device.linking.paired();
    device.linking.ended();
    await device.answer();
    expect(device.reports.filter((report) => report.startsWith('passkey_'))).toEqual([reported]);
    expect(device.queries).toHaveLength(sent);
  });

  it('a phone whose key everybody could compute with', async () => {
    const device = new LinkingDevice();
    await device.reach('awaiting_phone');
    device.continue({ publicKey: fill(0), nonce: fill(4) });
    await device.answer();
    expect(device.reports.at(-1)).toBe("passkey_rejected: the phone's key is no good");
    expectSecretsGone(device);
  });

  it('options that the server does not give', async () => {
    const device = new LinkingDevice();
    device.notify('passkey_prologue_request');
    await device.refuse(404);
    // Nobody has seen this ceremony, so its end is no change of the view.
    expect(device.reports).toEqual(['passkey_rejected: opening: code 404']);
    const unreadable = new LinkingDevice();
    unreadable.notify('passkey_prologue_request');
    await unreadable.answer();
    expect(unreadable.reports).toEqual(['passkey_rejected: the options cannot be read']);
  });

  it('a user who does not compare the code', async () => {
    const device = new LinkingDevice();
    await device.reachConfirmation();
    const { id } = device;
    device.clock.advance(120 * SECOND);
    expect(device.reports.at(-1)).toBe('passkey_timeout: during confirmation');
    expect(() => device.linking.confirm(id)).toThrow(new PasskeyRefused('expired'));
    expectSecretsGone(device);
  });

  it('an answer after the options expired', async () => {
    const device = new LinkingDevice();
    device.requestPrologue({ timeout: 60 * SECOND });
    const { id } = device;
    // The clock has passed the moment, its timer has not run yet.
    device.clock.time += 60 * SECOND;
    expect(() => device.respond()).toThrow(new PasskeyRefused('expired'));
    device.clock.advance(0);
    expect(device.reports.at(-1)).toBe('passkey_timeout: during required');
    expect(() => device.respond(id)).toThrow(new PasskeyRefused('expired'));
  });
});

it('a linked device leaves no secret of its ceremony and no timer', async () => {
  const device = new LinkingDevice();
  await device.reach('revealed');
  // As it may be read before the answer to the request.
  device.linking.paired();
  await device.answer();
  expect(device.clock.waiting).toBe(0);
  expectSecretsGone(device);
  expect(device.advSecret).toEqual(fill(10));
  expect(device.reports.filter((report) => report.startsWith('passkey_'))).toEqual([]);
});

/** Random bytes in the order of their drawing: ADV secret, id, ephemeral key, nonce, initialisation vector. */
function expectSecretsGone({ drawn }: LinkingDevice): void {
  const [advSecret, , ephemeral, nonce] = drawn;
  expect([advSecret, ephemeral, nonce].map((secret) => secret?.some((byte) => byte !== 0) ?? false)).toEqual([
    false,
    false,
    false,
  ]);
}
