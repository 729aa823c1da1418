/** A signed assertion with the fields that WhatsApp takes, or the name of the browser's error. */
export type Signed = { credential: Record<string, unknown> } | { error: string };

/**
 * Asks for the passkey. Runs in WhatsApp Web's own world, because password managers answer only there, and therefore
 * refers to nothing outside itself. It uses no network: the page's policy forbids it, and the page could listen.
 */
export async function signInPage(publicKey: Record<string, unknown>): Promise<Signed> {
  const bytes = (text: unknown) =>
    Uint8Array.from(atob(String(text).replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0));
  const text = (buffer: ArrayBuffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer)))
      .replaceAll('+', '-')
      .replaceAll('/', '_')
      .replaceAll('=', '');
  try {
    if (location.origin !== 'https://web.whatsapp.com') return { error: 'WrongPage' };
    const allowed = (publicKey.allowCredentials ?? []) as { id: string }[];
    const decoded = {
      ...publicKey,
      challenge: bytes(publicKey.challenge),
      allowCredentials: allowed.map((each) => ({ ...each, id: bytes(each.id) })),
    } as unknown as PublicKeyCredentialRequestOptions;
    const signed = (await navigator.credentials.get({ publicKey: decoded })) as PublicKeyCredential | null;
    if (!signed) return { error: 'NotAllowedError' };
    const { clientDataJSON, authenticatorData, signature, userHandle } =
      signed.response as AuthenticatorAssertionResponse;
    const id = text(signed.rawId);
    const response = {
      clientDataJSON: text(clientDataJSON),
      authenticatorData: text(authenticatorData),
      signature: text(signature),
      userHandle: userHandle && userHandle.byteLength > 0 ? text(userHandle) : null,
    };
    return { credential: { id, rawId: id, type: 'public-key', response } };
  } catch (error) {
    return { error: error instanceof Error ? error.name : 'UnknownError' };
  }
}
