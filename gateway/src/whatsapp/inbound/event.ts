import { timestamp } from '../../clock.ts';
import type { proto } from '../proto.ts';
import type { Kind } from './content.ts';
import { locationOf } from './location.ts';
import { countOf, textOf } from './values.ts';

/** A calendar event; its times are Unix seconds. */
export function event(message: proto.Message.IEventMessage): Kind {
  return {
    type: 'event',
    content: message.name ?? '',
    event: {
      name: textOf(message.name),
      description: textOf(message.description),
      startAt: timeOf(message.startTime),
      endAt: timeOf(message.endTime),
      location: message.location ? locationOf(message.location) : null,
      joinLink: textOf(message.joinLink),
      isScheduleCall: message.isScheduleCall ?? null,
      hasReminder: message.hasReminder ?? null,
      reminderOffsetSec: countOf(message.reminderOffsetSec),
      extraGuestsAllowed: message.extraGuestsAllowed ?? null,
      isCanceled: message.isCanceled ?? null,
    },
  };
}

/** The last second that RFC 3339 can write. */
const MAX_SECONDS = Date.UTC(9999, 11, 31, 23, 59, 59) / 1000;

function timeOf(seconds: proto.Message.IEventMessage['startTime']): string | null {
  const whole = countOf(seconds, MAX_SECONDS);
  // 0 is how the wire says that there is none.
  return whole ? timestamp(whole * 1000) : null;
}

/** The answer to an invitation, still sealed. */
export function encEventResponse(message: proto.Message.IEncEventResponseMessage): Kind {
  const target = message.eventCreationMessageKey?.id ?? '';
  return {
    type: 'interactive_response',
    content: '',
    interactive: { kind: 'event_response', title: '', messageId: target },
    sealed: { use: 'Event Response', target, payload: message.encPayload, iv: message.encIv },
  };
}
