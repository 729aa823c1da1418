import { type proto, toNumber } from 'baileys';
import { readLocation, type ShownLocation } from './cards.ts';
import type { Marks } from './marks.ts';

export interface ShownEvent {
  name: string;
  description: string | undefined;
  /** Unix seconds. */
  startsAt: number;
  endsAt: number | undefined;
  location: ShownLocation | undefined;
  joinLink: string | undefined;
  isCall: boolean;
  /** Seconds before the start. */
  reminder: number | undefined;
  extraGuests: boolean;
  canceled: boolean;
}

const SECRET_BYTES = 32;

/** A calendar card that can be answered; undefined when it cannot. */
export function readEvent(
  event: proto.Message.IEventMessage,
  secret: Uint8Array | null | undefined,
  { event: type, again }: Marks,
): ShownEvent | undefined {
  const startsAt = toNumber(event.startTime);
  const announced = again || type === 'creation';
  if (!announced || secret?.length !== SECRET_BYTES || !event.name || startsAt <= 0) return undefined;
  return {
    name: event.name,
    description: event.description ?? undefined,
    startsAt,
    endsAt: event.endTime ? toNumber(event.endTime) : undefined,
    location: event.location ? readLocation(event.location) : undefined,
    joinLink: event.joinLink ?? undefined,
    isCall: event.isScheduleCall ?? false,
    reminder: event.hasReminder ? toNumber(event.reminderOffsetSec) : undefined,
    extraGuests: event.extraGuestsAllowed ?? false,
    canceled: event.isCanceled ?? false,
  };
}
