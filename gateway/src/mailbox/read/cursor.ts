import { failure } from '../../failure.ts';

/** A position in a list as clients carry it; what it says is ours alone. */
export function writeCursor(position: string): string {
  return Buffer.from(position).toString('base64url');
}

/** Throws `Invalid cursor` when it is none that `form` matches; resolves with what the form's groups caught. */
export function readCursor(cursor: string, form: RegExp): string[] {
  const text = Buffer.from(cursor, 'base64url').toString();
  const found = writeCursor(text) === cursor ? form.exec(text) : null;
  if (!found) throw failure('field_invalid', { text: 'Invalid cursor' });
  return found.slice(1);
}
