import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { TestClock } from '../../testing/test-clock.ts';
import type { PasskeyPort } from '../../whatsapp/passkey/port.ts';
import { PasskeyCeremonies, REMEMBERED_MS } from './ceremonies.ts';

const portOf = (id: string): PasskeyPort => ({
  view: () => ({
    status: 'required',
    id,
    publicKey: {},
    expiresAt: 0,
    code: null,
    skipConfirmation: null,
  }),
  respond: () => {},
  confirm: () => {},
  cancel: () => {},
});

function ceremonies() {
  const clock = new TestClock();
  return { clock, all: new PasskeyCeremonies({ clock, random: randomBytes }) };
}

describe('the token of a ceremony', () => {
  it('opens this ceremony and no other, and is kept as a hash only', () => {
    const { all } = ceremonies();
    all.changed('sales', portOf('one'));
    all.changed('support', portOf('two'));
    const token = all.token('sales', 'one');
    expect(token).toMatch(/^pk_[\w-]{43}$/);
    expect(all.byToken(token)).toMatchObject({ instanceId: 'sales', outcome: null });
    expect(all.byToken(`${token}x`)).toBeNull();
    expect(inspect(all, { depth: 10, showHidden: true })).not.toContain(token);
  });

  it('is another one in another process', () => {
    expect(ceremonies().all.token('sales', 'one')).not.toBe(ceremonies().all.token('sales', 'one'));
  });

  it('opens nothing before its ceremony has begun', () => {
    const { all } = ceremonies();
    expect(all.byToken(all.token('sales', 'one'))).toBeNull();
  });

  it('says how it ended for five minutes, also when the next ceremony runs', () => {
    const { all, clock } = ceremonies();
    all.changed('sales', portOf('one'));
    all.ended('sales', 'passkey_timeout');
    all.ended('sales', 'linked');
    const token = all.token('sales', 'one');
    all.changed('sales', portOf('two'));
    clock.advance(REMEMBERED_MS - 1);
    expect(all.byToken(token)?.outcome).toBe('passkey_timeout');
    expect(all.latest('sales')?.view.id).toBe('two');
    clock.advance(1);
    expect(all.byToken(token)).toBeNull();
    expect(all.latest('sales')?.outcome).toBeNull();
  });
});
