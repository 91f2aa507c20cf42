import * as v from 'valibot'
import { limits } from '#lib/base/limits.ts'
import { pageOfList } from '#lib/base/page.ts'
import { single, written } from '#lib/http/answer.ts'
import { page, pageOf, pageQuery } from '#lib/http/page.ts'
import { eventRoute, type Route } from '#lib/http/route.ts'
import { checkOwnId } from '#lib/http/upsert-ids.ts'
import { meetingStatuses } from '#lib/model/meeting.ts'
import { getPerson } from '#lib/store/read/included-people.ts'
import { listMeetings, requireMeeting } from '#lib/store/read/meetings.ts'
import { namedPerson, requireBookable, requireMe } from '#lib/store/read/profiles.ts'
import { slotsFor } from '#lib/store/read/slots.ts'
import { changeMeeting, requestMeeting } from '#lib/store/write/meetings.ts'
import { instantText } from '#lib/wire/fields.ts'
import {
  MeetingAnswer,
  MeetingBody,
  MeetingChange,
  printMeeting,
  printSlot,
  SlotAnswer,
  wantedOf,
} from '#lib/wire/meeting.ts'

const tag = 'Profiles'
const mine = '/events/{event}/people/me/meetings'
const one = `${mine}/{meeting}`
const example = {
  meetingStartTime: '2027-05-04T11:00:00+02:00',
  meetingEndTime: '2027-05-04T11:30:00+02:00',
  note: 'At the coffee bar',
}
const minutes = v.pipe(
  v.string(),
  v.regex(/^\d{1,4}$/, 'Expected whole minutes.'),
  v.transform(Number),
  v.minValue(5, 'At least 5.'),
  v.maxValue(limits.meetingMinutes.value, `At most ${limits.meetingMinutes.value}.`),
)
const yesOrNo = v.pipe(
  v.picklist(['true', 'false'], 'Expected true or false.'),
  v.transform((text) => text === 'true'),
)

const slotKey = ({ start }: { start: number }) => String(start).padStart(15, '0')

export const meetingRoutes: Route[] = [
  eventRoute({
    id: 'listSlots',
    method: 'get',
    path: '/events/{event}/people/{person}/slots',
    tag,
    summary: 'List times at which a person and the caller could meet',
    right: 'person',
    query: {
      duration: v.optional(minutes),
      from: v.optional(instantText),
      to: v.optional(instantText),
      ...pageQuery(1000),
    },
    returns: v.array(SlotAnswer),
    errors: ['person_not_found', 'meetings_closed', 'invalid_cursor'],
    handle: async (call) => {
      const { scope, token } = call
      const named = await namedPerson(scope, token, call.params.person)
      const owner = await requireBookable(scope, token, named)
      const me = token.person === undefined ? undefined : await getPerson(scope, token.person)
      const slots = await slotsFor(scope, call.event, { owner, me }, call.query)
      const found = pageOfList(slots, slotKey, pageOf(call.query, 'keys'))
      return page(call, printSlot, found)
    },
  }),
  eventRoute({
    id: 'requestMeeting',
    method: 'post',
    path: '/events/{event}/people/{person}/meetings',
    tag,
    summary: 'Ask somebody for a meeting',
    right: 'person',
    body: { wrapper: 'meeting', schema: MeetingBody },
    returns: MeetingAnswer,
    errors: [
      'person_not_found',
      'admin_without_ticket',
      'self_meeting',
      'meetings_closed',
      'too_many_meetings',
      'slot_not_available',
      'invalid_time',
    ],
    example,
    handle: async (call) => {
      const { token, event } = call
      const to = await namedPerson(call.scope, token, call.params.person)
      const { meetingStartTime: start, meetingEndTime: end, note } = call.body
      const wanted = { start, end, note: note ?? '' }
      return written(call, printMeeting(event), (scope) =>
        requestMeeting(scope, event, { caller: token, to }, wanted),
      )
    },
  }),
  eventRoute({
    id: 'listMyMeetings',
    method: 'get',
    path: mine,
    tag,
    summary: 'List the meetings of the caller in order of time',
    right: 'person',
    query: {
      status: v.optional(v.picklist(meetingStatuses, `Expected ${meetingStatuses.join(', ')}.`)),
      upcoming: v.optional(yesOrNo),
      ...pageQuery(1000),
    },
    returns: v.array(MeetingAnswer),
    errors: ['person_not_found', 'invalid_cursor'],
    handle: async (call) => {
      const { id } = await requireMe(call.scope, call.token)
      const wanted = pageOf(call.query, 'keys')
      const found = await listMeetings(call.scope, id, call.query, wanted)
      return page(call, printMeeting(call.event), found)
    },
  }),
  eventRoute({
    id: 'getMyMeeting',
    method: 'get',
    path: one,
    tag,
    summary: 'Read a meeting of the caller',
    right: 'person',
    returns: MeetingAnswer,
    errors: ['person_not_found', 'meeting_not_found'],
    handle: async (call) => {
      const { id } = await requireMe(call.scope, call.token)
      const meeting = await requireMeeting(call.scope, id, call.params.meeting ?? '')
      return single(call, printMeeting(call.event), meeting)
    },
  }),
  eventRoute({
    id: 'changeMyMeeting',
    method: 'put',
    path: one,
    tag,
    summary: 'Accept, decline, cancel or move a meeting',
    right: 'person',
    body: { wrapper: 'meeting', schema: MeetingChange },
    returns: MeetingAnswer,
    errors: [
      'person_not_found',
      'meeting_not_found',
      'meeting_state',
      'meetings_closed',
      'too_many_meetings',
      'slot_not_available',
      'invalid_time',
      'id_mismatch',
    ],
    example: { status: 'BOOKED' },
    handle: async (call) => {
      const { event } = call
      const { id: me } = await requireMe(call.scope, call.token)
      const id = call.params.meeting ?? ''
      checkOwnId(call.body.id, [id], 'id')
      const wanted = wantedOf(call.body)
      return written(call, printMeeting(event), (scope, precondition) =>
        changeMeeting(scope, event, { me, id, wanted }, precondition),
      )
    },
  }),
]
