import type { proto } from 'baileys';

export interface LocationDraft {
  latitude: number;
  longitude: number;
  name?: string | undefined;
  address?: string | undefined;
  url?: string | undefined;
  live?: boolean | undefined;
}

export function locationMessage({ latitude, longitude, live, ...named }: LocationDraft): proto.IMessage {
  const at = { degreesLatitude: latitude, degreesLongitude: longitude };
  if (live) return { liveLocationMessage: { ...at, sequenceNumber: 1 } };
  return { locationMessage: { ...at, ...fields(named) } };
}

export interface ContactDraft {
  name: string;
  /** Digits; left out when `vcard` is given. */
  number?: string | undefined;
  vcard?: string | undefined;
}

/** One card is a message of its own, several travel together. */
export function contactsMessage(contacts: ContactDraft[]): proto.IMessage {
  const cards = contacts.map(({ name, number, vcard }) => ({
    displayName: name,
    vcard: vcard ?? vcardOf(name, number ?? ''),
  }));
  const [only] = cards;
  if (only && cards.length === 1) return { contactMessage: only };
  return { contactsArrayMessage: { displayName: `${cards.length} contacts`, contacts: cards } };
}

function vcardOf(name: string, number: string): string {
  return `BEGIN:VCARD\nVERSION:3.0\nFN:${name}\nTEL;type=CELL;waid=${number}:+${number}\nEND:VCARD`;
}

export interface PollDraft {
  question: string;
  options: string[];
  /** 0 = any number */
  maxAnswers: number;
}

/** WhatsApp keeps single choice in a field of its own. */
export function pollMessage({ question, options, maxAnswers }: PollDraft): proto.IMessage {
  const poll = {
    name: question,
    options: options.map((optionName) => ({ optionName })),
    selectableOptionsCount: maxAnswers,
  };
  return maxAnswers === 1 ? { pollCreationMessageV3: poll } : { pollCreationMessage: poll };
}

export interface EventDraft {
  name: string;
  description?: string | undefined;
  /** Unix seconds */
  startTime: number;
  endTime?: number | undefined;
  location?: LocationDraft | undefined;
  joinLink?: string | undefined;
  isScheduleCall?: boolean | undefined;
  hasReminder?: boolean | undefined;
  reminderOffsetSec?: number | undefined;
  extraGuestsAllowed?: boolean | undefined;
  isCanceled?: boolean | undefined;
}

export function eventMessage({ location, ...event }: EventDraft): proto.IMessage {
  const place = location && locationMessage(location).locationMessage;
  return { eventMessage: { ...fields(event), ...(place && { location: place }) } };
}

/** The fields that are given: an absent one is not on the wire. */
function fields<T extends object>(values: T): { [K in keyof T]: NonNullable<T[K]> } {
  const given = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as { [K in keyof T]: NonNullable<T[K]> };
}
