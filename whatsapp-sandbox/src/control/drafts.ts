import { proto } from 'baileys';
import {
  contactsMessage,
  eventMessage,
  type LocationDraft,
  locationMessage,
  pollMessage,
} from '../phones/compose/cards.ts';
import {
  buttonsMessage,
  CARD_FORMS,
  type CardText,
  carouselMessage,
  type FlowDraft,
  interactiveMessage,
  listMessage,
} from '../phones/compose/interactive.ts';
import {
  integer,
  number,
  object,
  objects,
  optionalChoice,
  optionalFlag,
  optionalInteger,
  optionalObject,
  optionalText,
  optionalTexts,
  text,
} from './fields.ts';
import { ControlError } from './http.ts';

type Body = Record<string, unknown>;

const MAX_ITEMS = 1_000;

/** What a phone can write, by the field of the request that holds it. Media are apart: they are uploaded first. */
const KINDS: Record<string, (body: Body) => proto.IMessage> = {
  text: (body) => ({ conversation: text(body, 'text') }),
  location: (body) => locationMessage(place(object(body, 'location'))),
  contact: (body) => contactsMessage([contact(object(body, 'contact'))]),
  contacts: (body) => contactsMessage(objects(body, 'contacts', MAX_ITEMS).map(contact)),
  poll: (body) => poll(object(body, 'poll')),
  buttons: (body) => buttons(object(body, 'buttons')),
  list: (body) => list(object(body, 'list')),
  interactive: (body) => interactive(object(body, 'interactive')),
  event: (body) => event(object(body, 'event')),
};

/** The one kind of message that a request holds; undefined when it holds none. */
export function draft(body: Body): proto.IMessage | undefined {
  const given = Object.keys(KINDS).filter((kind) => body[kind] !== undefined);
  const [kind] = given;
  if (given.length > 1) throw new ControlError(400, `one of ${given.join(', ')}, not all`);
  return kind === undefined ? undefined : KINDS[kind]?.(body);
}

function place(body: Body): LocationDraft {
  return {
    latitude: number(body, 'latitude', -90, 90),
    longitude: number(body, 'longitude', -180, 180),
    name: optionalText(body, 'name'),
    address: optionalText(body, 'address'),
    url: optionalText(body, 'url'),
    live: optionalFlag(body, 'live'),
  };
}

function contact(body: Body) {
  return {
    name: text(body, 'name'),
    number: optionalText(body, 'number', 30),
    vcard: optionalText(body, 'vcard'),
  };
}

function poll(body: Body): proto.IMessage {
  return pollMessage({
    question: text(body, 'question'),
    options: optionalTexts(body, 'options', MAX_ITEMS) ?? [],
    maxAnswers: optionalInteger(body, 'maxAnswers', 0, MAX_ITEMS) ?? 1,
  });
}

function card(body: Body): CardText {
  return {
    title: optionalText(body, 'title'),
    subtitle: optionalText(body, 'subtitle'),
    body: optionalText(body, 'body') ?? '',
    footer: optionalText(body, 'footer'),
  };
}

function buttons(body: Body): proto.IMessage {
  const shown = objects(body, 'buttons', MAX_ITEMS).map((each) => ({
    id: text(each, 'id'),
    text: text(each, 'text'),
  }));
  return buttonsMessage(card(body), shown, optionalChoice(body, 'form', CARD_FORMS) ?? 'plain');
}

function list(body: Body): proto.IMessage {
  const sections = objects(body, 'sections', MAX_ITEMS).map((section) => ({
    title: optionalText(section, 'title') ?? '',
    rows: objects(section, 'rows', MAX_ITEMS).map((row) => ({
      id: text(row, 'id'),
      title: text(row, 'title'),
      description: optionalText(row, 'description'),
    })),
  }));
  const form = optionalChoice(body, 'form', CARD_FORMS) ?? 'plain';
  return listMessage(card(body), { button: text(body, 'button'), sections }, form);
}

function interactive(body: Body): proto.IMessage {
  if (body.cards === undefined) return interactiveMessage(card(body), flows(body));
  const cards = objects(body, 'cards', MAX_ITEMS).map((each) => ({ card: card(each), flows: flows(each) }));
  return carouselMessage(card(body), cards);
}

function flows(body: Body): FlowDraft[] {
  return objects(body, 'flows', MAX_ITEMS).map((flow) => ({
    name: text(flow, 'name', 100),
    params: object(flow, 'params'),
  }));
}

const SECONDS = Number.MAX_SAFE_INTEGER;

function event(body: Body): proto.IMessage {
  const location = optionalObject(body, 'location');
  return eventMessage({
    name: text(body, 'name'),
    description: optionalText(body, 'description'),
    startTime: integer(body, 'startTime', 0, SECONDS),
    endTime: optionalInteger(body, 'endTime', 0, SECONDS),
    location: location && place(location),
    joinLink: optionalText(body, 'joinLink'),
    isScheduleCall: optionalFlag(body, 'isScheduleCall'),
    hasReminder: optionalFlag(body, 'hasReminder'),
    reminderOffsetSec: optionalInteger(body, 'reminderOffsetSec', 0, SECONDS),
    extraGuestsAllowed: optionalFlag(body, 'extraGuestsAllowed'),
    isCanceled: optionalFlag(body, 'isCanceled'),
  });
}

const MAX_RAW_CHARACTERS = 24 * 1024 * 1024;

/** `raw`: an encoded message, to be sent as it is, for what no other field can say. */
export function rawMessage(body: Body): proto.IMessage | undefined {
  const base64 = optionalText(body, 'raw', MAX_RAW_CHARACTERS);
  if (base64 === undefined) return undefined;
  try {
    return proto.Message.decode(Buffer.from(base64, 'base64'));
  } catch {
    throw new ControlError(400, 'raw is not an encoded message');
  }
}
