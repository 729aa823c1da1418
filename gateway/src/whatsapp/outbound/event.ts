import type { BinaryNode } from '../proto.ts';
import { wireMessage, wireNode } from '../wire.ts';
import { beside, inContext, type OutgoingKind } from './kind.ts';
import { locationFields, type Place } from './location.ts';

export interface OutgoingEvent {
  name: string;
  /** Unix seconds. */
  startsAt: number;
  endsAt: number | undefined;
  description: string | undefined;
  location: Place | undefined;
  joinLink: string | undefined;
  isScheduleCall: boolean;
  /** Seconds before the start; undefined: no reminder. */
  reminderOffset: number | undefined;
  extraGuestsAllowed: boolean;
  isCanceled: boolean;
}

/** As with a poll: without it clients offer no answers. */
const META: BinaryNode = { tag: 'meta', attrs: { event_type: 'creation' } };

/** A calendar card. Answers to it are encrypted with the message's secret. */
export function eventKind(event: OutgoingEvent): OutgoingKind {
  const { name, startsAt, endsAt, description, location, joinLink, reminderOffset } = event;
  const { isScheduleCall, extraGuestsAllowed, isCanceled } = event;
  return {
    type: 'event',
    content: name,
    build: (building) => ({
      message: wireMessage({
        eventMessage: {
          name,
          startTime: startsAt,
          ...(endsAt !== undefined && { endTime: endsAt }),
          ...(description !== undefined && { description }),
          ...(location && { location: locationFields(location) }),
          ...(joinLink !== undefined && { joinLink }),
          isScheduleCall,
          hasReminder: reminderOffset !== undefined,
          ...(reminderOffset !== undefined && { reminderOffsetSec: reminderOffset }),
          extraGuestsAllowed,
          isCanceled,
          ...inContext(building),
        },
        ...beside(building),
      }),
      nodes: [wireNode(META)],
    }),
  };
}
