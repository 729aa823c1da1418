import { amend, isForged } from '../../mailbox/amend.ts';
import type { ChatPlace, Mailbox } from '../../mailbox/mailbox.ts';
import { type Report, reportDecrypted, reportExchange, reportUndecryptable } from '../../mailbox/report.ts';
import { type Unsealed, unseal } from '../../mailbox/unseal.ts';
import { type User, userView } from '../../mailbox/views.ts';
import type { Incoming } from '../../whatsapp/inbound/incoming.ts';

/** Stores and reports a message that came in or was sent from another device; false when it was known, or forged. */
export async function ingestMessage(mailbox: Mailbox, incoming: Incoming): Promise<boolean> {
  const { origin, undecryptable } = incoming;
  const fromMe = origin.author.kind === 'self';
  const names = fromMe ? {} : { push: incoming.pushName, verified: incoming.verifiedName };
  const isPrivate = origin.chat.kind === 'private';
  const place = await mailbox.placeOf(origin.chat, 'message', isPrivate ? names : {});
  const { sender, senderId } = await senderOf(mailbox, incoming, place, names);
  const unsealed = await unseal(mailbox, { chat: place.key, sender, content: incoming.content });
  const { content } = unsealed;
  const isGroup = origin.chat.kind === 'group';
  const amendment = { chat: place.key, fromMe, sender: senderId, isGroup, content };
  if (await isForged(mailbox, amendment)) return false;

  const stored = await mailbox.messages.store({
    chat: place.key,
    id: origin.id,
    fromMe,
    sender: senderId,
    type: content.type,
    content: content.content,
    status: fromMe ? 'sent' : 'received',
    source: '',
    isGroup,
    encoded: incoming.encoded,
    sentAt: origin.at,
  });
  if (stored === 'known') return false;
  await recordVote(mailbox, incoming, senderId, unsealed);

  const report: Report = {
    id: origin.id,
    direction: fromMe ? 'outgoing' : 'incoming',
    at: origin.at,
    place,
    sender,
    content,
    source: '',
    wire: origin.key,
  };
  if (undecryptable) {
    await reportUndecryptable(mailbox, report, undecryptable);
    return true;
  }
  await amend(mailbox, amendment);
  await reportExchange(mailbox, report);
  if (stored === 'undecrypted') await reportDecrypted(mailbox, report);
  return true;
}

async function recordVote(
  mailbox: Mailbox,
  { origin }: Incoming,
  voter: string | null,
  { content: { poll_vote }, target }: Unsealed,
): Promise<void> {
  if (!poll_vote?.decrypted || !target) return;
  const options = poll_vote.options.map(({ name }) => name);
  await mailbox.pollVotes.record(target, { voter, id: origin.id, options, at: origin.at });
}

async function senderOf(
  mailbox: Mailbox,
  { origin }: Incoming,
  place: ChatPlace,
  names: Parameters<Mailbox['meet']>[2],
): Promise<{ sender: User; senderId: string | null }> {
  const { author } = origin;
  if (author.kind === 'self') return { sender: mailbox.self(), senderId: null };
  if (author.kind === 'channel') {
    return { sender: { jid: place.view.jid, name: place.view.name }, senderId: null };
  }
  const contact = place.contact ?? (await mailbox.meet(author.person, 'message', names));
  return { sender: userView(contact, contact), senderId: contact.id };
}
