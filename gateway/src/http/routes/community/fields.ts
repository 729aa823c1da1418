import { z } from 'zod';
import { listOf, textError } from '../../body/fields.ts';

const MAX_GROUPS = 1_000;

/** As the client wrote them; each is checked by itself. */
export const groupJids = listOf(z.string(), MAX_GROUPS)
  .nullish()
  .transform((list) => list ?? [])
  .refine((list) => list.length <= MAX_GROUPS, textError(`groupJid must have at most ${MAX_GROUPS} items`));

/** What link and unlink share. */
export const linkBody = z.object({
  communityJid: z
    .string()
    .nullish()
    .transform((jid) => (jid ?? '').trim())
    .refine((jid) => jid !== '', textError('community jid is required')),
  groupJid: groupJids.refine((list) => list.length > 0, textError('group jid is required')),
});
