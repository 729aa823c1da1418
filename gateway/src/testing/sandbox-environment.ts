/** What a sandbox says of itself when it has started. */
export interface SandboxEndpoint {
  url: string;
  rootKey: string;
  mediaHost: string;
  mediaCa: string;
  control: string;
}

/** What a gateway's environment needs to take this sandbox for WhatsApp. */
export function sandboxEnvironment({ url, rootKey, mediaHost, mediaCa }: SandboxEndpoint) {
  return {
    WHATSAPP_URL: url,
    WHATSAPP_ROOT_KEY: rootKey,
    WHATSAPP_MEDIA_HOST: mediaHost,
    WHATSAPP_MEDIA_CA: mediaCa,
  };
}
