import jsqr from 'jsqr';
import { PNG } from 'pngjs';
import { describe, expect, it } from 'vitest';
import { qrImage } from './qr-image.ts';

describe('QR picture', () => {
  it('is a PNG in which a scanner reads the text', () => {
    const text = `2@${'Ab1/'.repeat(40)},key==,key==,secret==,1`;
    const url = qrImage(text);
    expect(url).toMatch(/^data:image\/png;base64,/);
    const { width, height, data } = PNG.sync.read(Buffer.from(url.split(',')[1] ?? '', 'base64'));
    // Its types describe another module format than the one that Node loads.
    const scan = jsqr as unknown as typeof jsqr.default;
    expect(scan(new Uint8ClampedArray(data), width, height)?.data).toBe(text);
  });
});
