import { crc32, deflateSync } from 'node:zlib';
import QRCode from 'qrcode';

const SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex');
/** White border and size of a module, in modules and pixels: what scanners ask for. */
const QUIET_ZONE = 4;
const PIXELS_PER_MODULE = 4;
const BIT_DEPTH = 1;
const GRAYSCALE = 0;

/**
 * A QR code as a PNG data URI, one bit per pixel (PNG specification, third edition). The picture that the QR library
 * draws itself costs ten times as much and is the most expensive part of answering `connect`.
 *
 * Without error correction beyond the lowest level, as WhatsApp's own codes, and with a fixed mask: screens are clean.
 * As bytes throughout: a search for shorter segments would find none in Base64 and cost more than all the rest.
 */
export function qrImage(text: string): string {
  const bytes = [{ data: Buffer.from(text), mode: 'byte' as const }];
  const { size, data } = QRCode.create(bytes, { errorCorrectionLevel: 'L', maskPattern: 3 }).modules;
  const pixels = (size + 2 * QUIET_ZONE) * PIXELS_PER_MODULE;
  const rowBytes = Math.ceil(pixels / 8);
  // A row begins with its filter type; a bit that is set is white.
  const blank = Buffer.alloc(1 + rowBytes, 0xff).fill(0, 0, 1);
  const rows: Buffer[] = [];
  for (let y = -QUIET_ZONE; y < size + QUIET_ZONE; y++) {
    const row = Buffer.from(blank);
    for (let x = 0; y >= 0 && y < size && x < size; x++) {
      if (data[y * size + x]) blacken(row, (x + QUIET_ZONE) * PIXELS_PER_MODULE);
    }
    rows.push(...Array<Buffer>(PIXELS_PER_MODULE).fill(row));
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(pixels, 0);
  header.writeUInt32BE(pixels, 4);
  header[8] = BIT_DEPTH;
  header[9] = GRAYSCALE;
  const png = Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.concat(rows))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
  return `data:image/png;base64,${png.toString('base64')}`;
}

function blacken(row: Buffer, from: number): void {
  for (let pixel = from; pixel < from + PIXELS_PER_MODULE; pixel++) {
    const at = 1 + (pixel >> 3);
    row[at] = (row[at] ?? 0) & ~(0x80 >> (pixel & 7));
  }
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}
