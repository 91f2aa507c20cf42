import * as v from 'valibot'
import { limits } from '#lib/base/limits.ts'
import { plainText } from '#lib/base/text.ts'
import { instantOf, millisOf } from '#lib/base/time.ts'
import type { Interval } from '#lib/model/availability.ts'
import type { Event } from '#lib/model/event.ts'
import { type Meeting, meetingStatuses, type WantedMeeting } from '#lib/model/meeting.ts'
import type { LoadedMeeting } from '#lib/store/read/meetings.ts'
import { ignored, instantText } from './fields.ts'
import { type Presentation, printedId, printedReference, printTime } from './presentation.ts'

const lastSecond = 32_503_679_999
const seconds = v.pipe(
  v.number(),
  v.integer('Expected whole seconds.'),
  v.minValue(0, 'Expected a year from 1970 on.'),
  v.maxValue(lastSecond, 'Expected a year before 3000.'),
  v.transform((unix) => instantOf(unix * 1000)),
)
/** As answers print it in either format; what is finer than a minute is not a time to meet at. */
const minute = v.pipe(
  v.union([instantText, seconds], 'Expected an ISO 8601 instant with offset, or Unix seconds.'),
  v.check((at) => millisOf(at) % 60_000 === 0, 'Expected a whole minute.'),
)
const note = v.nullish(plainText(limits.noteLength.value))
/** What asks for a meeting. */
export const MeetingBody = v.strictObject({
  meetingStartTime: minute,
  meetingEndTime: minute,
  note,
})

/** What changes one; whatever GET gave may come back with it. */
export const MeetingChange = v.strictObject({
  id: v.nullish(v.string()),
  eventId: ignored,
  senderUserId: ignored,
  receiverUserId: ignored,
  meetingStartTime: v.nullish(minute),
  meetingEndTime: v.nullish(minute),
  note,
  status: v.nullish(v.picklist(meetingStatuses, `Expected ${meetingStatuses.join(', ')}.`)),
  rejectedBy: ignored,
  createdAt: ignored,
  updatedAt: ignored,
})
export type MeetingChange = v.InferOutput<typeof MeetingChange>

export const wantedOf = (body: MeetingChange): WantedMeeting => ({
  status: body.status ?? undefined,
  start: body.meetingStartTime ?? undefined,
  end: body.meetingEndTime ?? undefined,
  note: body.note ?? undefined,
})

const text = v.string()
const time = v.union([v.string(), v.number()])
export const MeetingAnswer = v.object({
  id: text,
  eventId: text,
  senderUserId: text,
  receiverUserId: text,
  meetingStartTime: time,
  meetingEndTime: time,
  note: text,
  status: v.picklist(meetingStatuses),
  rejectedBy: text,
  createdAt: time,
  updatedAt: time,
})
export const SlotAnswer = v.object({ meetingStartTime: time, meetingEndTime: time })

/** Prints meetings of an event. */
export const printMeeting =
  (event: Pick<Event, 'id' | 'externalIds'>) =>
  (view: Presentation, { meeting, known }: LoadedMeeting) => {
    const printPerson = (id: string) => printedReference(view, id, known)
    return {
      id: meeting.id,
      eventId: printedId(view, event),
      senderUserId: printPerson(meeting.sender),
      receiverUserId: printPerson(meeting.receiver),
      ...printTimes(view, meeting),
      note: meeting.note,
      status: meeting.status,
      rejectedBy: meeting.rejectedBy && printPerson(meeting.rejectedBy),
      createdAt: printTime(view, meeting.createdAt),
      updatedAt: printTime(view, meeting.updatedAt),
    }
  }

const printTimes = (view: Presentation, { start, end }: Pick<Meeting, 'start' | 'end'>) => ({
  meetingStartTime: printTime(view, start),
  meetingEndTime: printTime(view, end),
})

export const printSlot = (view: Presentation, { start, end }: Interval) =>
  printTimes(view, { start: instantOf(start), end: instantOf(end) })
