import { AUTH_TTL_SECONDS, MAX_UPLOAD_BYTES } from '../../media/store.ts';
import { child, type Stanza, stanza } from '../../wire/stanza.ts';
import type { ServerWith } from '../context.ts';
import { StanzaError } from '../stanza-error.ts';

type Needs = ServerWith<'media'>;

/** `xmlns="w:m"`: where to upload media, and the token for it. */
export function answerMediaConn(ctx: Needs, iq: Stanza): Stanza[] {
  if (!child(iq, 'media_conn')) throw new StanzaError(501, 'feature-not-implemented');
  const ttl = String(AUTH_TTL_SECONDS);
  const host = stanza('host', {
    hostname: ctx.media.host,
    type: 'primary',
    maxContentLengthBytes: String(MAX_UPLOAD_BYTES),
  });
  const attrs = { auth: ctx.media.issueAuth(), ttl, auth_ttl: ttl, max_buckets: '12' };
  return [stanza('media_conn', attrs, [host])];
}
