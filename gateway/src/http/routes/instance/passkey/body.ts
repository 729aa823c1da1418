import { timestamp } from '../../../../clock.ts';
import type { Ceremony, PasskeyCeremonies } from '../../../../instances/passkey/ceremonies.ts';
import type { PasskeyView } from '../../../../whatsapp/passkey/port.ts';
import { passkeySnippet } from '../../../../whatsapp/passkey/snippet.ts';

export interface PasskeyDeps {
  passkeys: PasskeyCeremonies;
  /** Under which clients reach the gateway. */
  baseUrl(): string;
}

/** What an API client sees of an instance's ceremony; what does not apply is null. */
export function passkeyBody(view: PasskeyView | null, helperUrl: string | null) {
  const { status = 'none', id = null, publicKey = null, expiresAt, code = null } = view ?? {};
  const snippet = id && publicKey ? passkeySnippet({ id, publicKey, language: 'en' }) : null;
  return {
    status,
    id,
    publicKey,
    expiresAt: expiresAt === undefined ? null : timestamp(expiresAt),
    code,
    skipConfirmation: view?.skipConfirmation ?? null,
    helper: { url: helperUrl, snippet },
  };
}

/** The page on which the owner of the phone answers this ceremony. */
export function helperUrl(
  { passkeys, baseUrl }: PasskeyDeps,
  { instanceId, id }: { instanceId: string; id: string },
): string {
  return `${baseUrl()}/passkey/${passkeys.token(instanceId, id)}`;
}

/** The view of a ceremony that runs; null for none and for one that has ended. */
export function runningView(ceremony: Ceremony | null): PasskeyView | null {
  return ceremony?.outcome === null ? ceremony.view : null;
}
