import type { proto } from 'baileys';
import {
  EVENT_ANSWERS,
  edit,
  eventAnswer,
  type Naming,
  reaction,
  revocation,
  sealedEdit,
  sealedReaction,
  vote,
} from '../phones/compose/about.ts';
import { quoteOf, withContext, withSecret } from '../phones/compose/context.ts';
import { CARD_FORMS } from '../phones/compose/interactive.ts';
import { chosenRow, filledForm, tappedButton } from '../phones/compose/taps.ts';
import { isOwn, type KnownMessage } from '../phones/messages/known.ts';
import type { Phone } from '../phones/phone.ts';
import type { ServerContext } from '../server/context.ts';
import { isGroup } from '../server/model/chats.ts';
import { isAdmin } from '../server/model/groups.ts';
import {
  object,
  optionalChoice,
  optionalFlag,
  optionalInteger,
  optionalObject,
  optionalText,
  optionalTexts,
  text,
} from './fields.ts';
import { ControlError } from './http.ts';
import { known } from './message-context.ts';
import { sendAs } from './messages.ts';

type Body = Record<string, unknown>;

/** What a phone's user does with a message on the screen; every action answers with the id of what it sends. */
export const MESSAGE_ACTIONS = {
  react,
  vote: castVote,
  tap,
  'answer-event': answerEvent,
  edit: editMessage,
  revoke,
};

const FORMS = ['pn', 'lid'] as const;

function aboutMessage(phone: Phone, body: Body): { message: KnownMessage; naming: Naming } {
  const addressing = optionalChoice(body, 'addressing', FORMS) ?? 'lid';
  const naming = { addressing, creatorAs: optionalChoice(body, 'creatorAs', FORMS) };
  return { message: known(phone, text(body, 'id', 200)), naming };
}

/** `{id, emoji?, sealed?}`: reacts; without `emoji` it takes the reaction away. */
function react(_: ServerContext, phone: Phone, body: Body) {
  const { message, naming } = aboutMessage(phone, body);
  const compose = optionalFlag(body, 'sealed') ? sealedReaction : reaction;
  const emoji = optionalText(body, 'emoji', 100) ?? '';
  return sendAs(phone, message.chat, compose(phone, message, emoji, naming), naming);
}

/** `{id, options, creatorAs?}`: votes for these options of a poll, by name; none withdraws. */
function castVote(_: ServerContext, phone: Phone, body: Body) {
  const { message, naming } = aboutMessage(phone, body);
  const options = optionalTexts(body, 'options', 1_000) ?? [];
  return sendAs(phone, message.chat, vote(phone, secretly(message), options, naming), naming);
}

/** `{id, answer, creatorAs?}`: `GOING`, `NOT_GOING` or `MAYBE`. */
function answerEvent(_: ServerContext, phone: Phone, body: Body) {
  const { message, naming } = aboutMessage(phone, body);
  const answer = optionalChoice(body, 'answer', EVENT_ANSWERS) ?? 'GOING';
  return sendAs(phone, message.chat, eventAnswer(phone, secretly(message), answer, naming), naming);
}

/** `{id, text, sealed?}`: another text or caption for an own message. */
function editMessage(_: ServerContext, phone: Phone, body: Body) {
  const { message, naming } = aboutMessage(phone, body);
  if (!isOwn(phone, message)) throw new ControlError(404, `message ${message.id} was not sent by this phone`);
  const compose = optionalFlag(body, 'sealed') ? sealedEdit : edit;
  return sendAs(phone, message.chat, compose(phone, message, text(body, 'text'), naming), {
    ...naming,
    edit: '1',
  });
}

/** `{id}`: deletes for everyone; another's message only as an admin of the group. */
function revoke(_: ServerContext, phone: Phone, body: Body) {
  const { message, naming } = aboutMessage(phone, body);
  const { chat } = message;
  const own = isOwn(phone, message);
  if (!own && !(isGroup(chat) && isAdmin(chat, phone.account))) {
    throw new ControlError(409, 'only an admin of a group deletes the messages of others');
  }
  return sendAs(phone, chat, revocation(phone, message, naming), { ...naming, edit: own ? '7' : '8' });
}

/**
 * `{id, button | row | form, …}`: answers a card with a button (`{id, text, card?}`), a row (`{id, title,
 * description?}`) or a filled form (`{flow?, params, label?}`); `as` is the wire form, `quote: false` leaves the card out.
 */
function tap(_: ServerContext, phone: Phone, body: Body) {
  const { message, naming } = aboutMessage(phone, body);
  const quote = optionalFlag(body, 'quote') === false ? undefined : quoteOf(message, naming.addressing);
  return sendAs(phone, message.chat, withSecret(withContext(tapped(body), quote)), naming);
}

function tapped(body: Body): proto.IMessage {
  const form = optionalChoice(body, 'as', CARD_FORMS) ?? 'plain';
  const button = optionalObject(body, 'button');
  if (button) {
    const card = optionalInteger(button, 'card', 0, 100);
    return tappedButton({ id: text(button, 'id'), text: text(button, 'text'), card }, form);
  }
  const row = optionalObject(body, 'row');
  if (row) {
    const description = optionalText(row, 'description');
    return chosenRow({ id: text(row, 'id'), title: text(row, 'title'), description }, form);
  }
  const filled = object(body, 'form');
  const flow = optionalText(filled, 'flow', 100) ?? 'flow';
  return filledForm(flow, object(filled, 'params'), optionalText(filled, 'label') ?? 'Sent');
}

function secretly(message: KnownMessage): KnownMessage {
  const { messageContextInfo } = message.message;
  if (!messageContextInfo?.messageSecret) {
    throw new ControlError(409, `message ${message.id} came without a secret`);
  }
  return message;
}
