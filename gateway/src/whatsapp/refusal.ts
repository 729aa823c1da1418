/** WhatsApp's code on a send by an account that may not start new chats, or without the contact's privacy token. */
export const NEW_CHATS_LOCKED = 463;

/** WhatsApp's code on a send by an account that sends too fast. */
export const THROTTLED = 429;

/** The public text of a message that WhatsApp took and then refused, in answers and in `message.status`. */
export function refusalText(code: number): string {
  return code === NEW_CHATS_LOCKED
    ? `WhatsApp refused the message (code ${code}): this account may not start new chats for now`
    : `WhatsApp refused the message (code ${code})`;
}
