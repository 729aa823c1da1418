import { describe, expect, it } from 'vitest';
import { TestClock } from '../../../testing/test-clock.ts';
import { QrRotation } from './qr-rotation.ts';

function rotation() {
  const clock = new TestClock();
  const shown: string[] = [];
  const rotation = new QrRotation({
    clock,
    draw: (ref) => shown.push(ref),
    onUsedUp: () => shown.push('used up'),
  });
  return { clock, shown, rotation };
}

describe('the rotation of references', () => {
  it('shows the first for a minute, the others for 20 seconds each, and then says that they are used up', () => {
    const { clock, shown, rotation: codes } = rotation();
    codes.show(['a', 'b', 'c']);
    clock.advance(59_999);
    expect(shown).toEqual(['a']);
    clock.advance(1);
    expect(shown).toEqual(['a', 'b']);
    clock.advance(20_000);
    expect(shown).toEqual(['a', 'b', 'c']);
    clock.advance(20_000);
    expect(shown).toEqual(['a', 'b', 'c', 'used up']);
    clock.advance(600_000);
    expect(shown).toHaveLength(4);
  });

  it('begins anew with new references', () => {
    const { clock, shown, rotation: codes } = rotation();
    codes.show(['a', 'b']);
    clock.advance(50_000);
    codes.show(['c', 'd']);
    clock.advance(59_999);
    expect(shown).toEqual(['a', 'c']);
    clock.advance(1);
    expect(shown).toEqual(['a', 'c', 'd']);
  });

  it('draws the current one again, with its whole time', () => {
    const { clock, shown, rotation: codes } = rotation();
    codes.redraw();
    expect(shown).toEqual([]);
    codes.show(['a', 'b']);
    clock.advance(50_000);
    codes.redraw();
    clock.advance(59_999);
    expect(shown).toEqual(['a', 'a']);
    clock.advance(1);
    expect(shown).toEqual(['a', 'a', 'b']);
  });

  it('leaves what is shown when it is stopped', () => {
    const { clock, shown, rotation: codes } = rotation();
    codes.show(['a', 'b']);
    codes.stop();
    clock.advance(600_000);
    expect(shown).toEqual(['a']);
  });
});
