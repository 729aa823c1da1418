const LINK = 'https://chat.whatsapp.com/';

/** The link that carries an invite code. */
export function inviteLink(code: string): string {
  return LINK + code;
}
