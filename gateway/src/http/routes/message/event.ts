import { z } from 'zod';
import type { JidKind } from '../../../whatsapp/jid.ts';
import { eventKind } from '../../../whatsapp/outbound/event.ts';
import {
  absentWhenNull,
  optionalFlag,
  optionalWholeNumber,
  sentenceError,
  textError,
} from '../../body/fields.ts';
import type { Route } from '../../route.ts';
import type { MessageRouteDeps } from './deps.ts';
import { eventExample } from './event.example.ts';
import {
  flag,
  isHttpUrl,
  latitude,
  longitude,
  optionalMessageText,
  optionalWords,
  requiredWords,
  sendingBody,
  sendingFields,
  URL_CHARACTERS,
} from './fields.ts';
import { sendRoute } from './send-route.ts';

const RECIPIENTS: readonly JidKind[] = ['user', 'lid', 'group'];
const MAX_REMINDER_SECONDS = 2_592_000;
const DEFAULT_REMINDER_SECONDS = 900;

const dateTime = z.iso.datetime({ offset: true });

/** Unix seconds. */
function moment(text: string, context: z.RefinementCtx): number {
  if (dateTime.safeParse(text).success) return Math.floor(Date.parse(text) / 1000);
  context.addIssue({ code: 'custom', ...sentenceError('must be an RFC 3339 date-time with time zone') });
  return z.NEVER;
}

const location = absentWhenNull(
  z
    .object({ name: optionalWords(), address: optionalWords(), latitude, longitude })
    .refine(
      (place) => (place.latitude === undefined) === (place.longitude === undefined),
      textError('location needs both latitude and longitude'),
    ),
);

const fields = z
  .object({
    ...sendingFields,
    name: requiredWords(),
    startAt: requiredWords().transform(moment),
    endAt: optionalWords().transform((text, context) => (text ? moment(text, context) : undefined)),
    description: optionalMessageText,
    location,
    joinLink: optionalWords(URL_CHARACTERS).refine(
      (link) => link === undefined || isHttpUrl(link),
      sentenceError('must be an http(s) URL'),
    ),
    isScheduleCall: flag,
    hasReminder: optionalFlag,
    reminderOffsetSec: optionalWholeNumber(0, MAX_REMINDER_SECONDS),
    extraGuestsAllowed: flag,
    isCanceled: flag,
  })
  .refine(
    ({ startAt, endAt }) => endAt === undefined || endAt > startAt,
    textError('EndAt must be after startAt'),
  );

/** POST /api/message/event/:instance */
export function eventRoute(deps: MessageRouteDeps): Route {
  return sendRoute(
    {
      path: '/api/message/event/:instance',
      summary: 'Send a calendar event',
      examples: [eventExample],
      recipients: RECIPIENTS,
      body: sendingBody(fields),
      sent: 'Event sent successfully',
      kind({ startAt, endAt, hasReminder, reminderOffsetSec, ...event }) {
        const reminded = hasReminder ?? reminderOffsetSec !== undefined;
        const reminderOffset = reminded ? (reminderOffsetSec ?? DEFAULT_REMINDER_SECONDS) : undefined;
        return eventKind({ ...event, startsAt: startAt, endsAt: endAt, reminderOffset });
      },
    },
    deps,
  );
}
