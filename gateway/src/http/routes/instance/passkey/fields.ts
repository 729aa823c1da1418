import { z } from 'zod';

const MOST_ID_CHARACTERS = 128;

/** Of a ceremony. */
const id = z
  .string()
  .min(1, 'Id is required')
  .max(MOST_ID_CHARACTERS, `Id must have at most ${MOST_ID_CHARACTERS} characters`);

/** `credential` is read where its ceremony is known, so that the answer can say what is wrong with it. */
export const responseBody = z.object({ id, credential: z.unknown() });
export const confirmBody = z.object({ id });
/** A browser's assertion has at most about 12 KiB. */
export const RESPONSE_LIMIT = 64 * 1024;
