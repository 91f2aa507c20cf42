import { newId } from '#lib/base/ids.ts'
import { now } from '#lib/base/time.ts'
import { keys } from '#lib/table/keys.ts'
import { scopeOf } from '#test/support/attendee.ts'
import { photo } from '#test/support/photos.ts'
import { filled as rowsPut } from '#test/support/rows.ts'
import type { Ids } from '#test/support/security.ts'
import type { Caller, Place } from './world.ts'

/** A request that succeeds in a `place`: by the example of its route unless told otherwise. */
export type Case = {
  /** What is particular about it, where a route has several. */
  name?: string
  as?: Caller
  /** What stands in the path instead of what stands there by its name. */
  at?: (ids: Ids) => Ids
  query?: string
  body?: (ids: Ids) => unknown
  headers?: Record<string, string>
  /** What must be there before. */
  prepare?: (here: Place) => Promise<unknown>
}

const third = ({ third: person = '' }: Ids): Ids => ({ person })
const full = ({ fullSession: session = '', third: person = '' }: Ids): Ids => ({ session, person })
const bytes = await photo({ width: 16, height: 16 })
const picture: Case = { body: () => bytes, headers: { 'content-type': 'image/jpeg' } }
const group = (more: object) => () => ({ group: { group_name: 'Calculators', ...more } })
const hour = { session_date: '2027-05-04', session_start_time: '12-00', session_end_time: '13-00' }
const ada = {
  external_ids: [{ id_system: 'crm', id: '10042' }],
  profile: { first_name: 'Ada', last_name: 'Byron', email_address: 'byron@example.com' },
}
const rows = [1, 2, 3].map((n) => ({
  external_ids: [{ id_system: 'crm', id: `row ${n}` }],
  profile: { first_name: `Row ${n}`, email_address: `row${n}@example.com` },
}))

/** More people than one transaction takes, who are known again when they are sent again; their ids stand in `crowd`. */
const crowd = async ({ ids, ask }: Place) => {
  const people = [...Array(110).keys()].map((n) => ({
    external_ids: [{ id_system: 'guests', id: String(n) }],
    profile: { first_name: `Guest ${n}` },
  }))
  const made = await ask('POST', '/people/resources/batch', { rows: people })
  ids.crowd = made.rows.map(({ id }: { id: string }) => id).join()
}
const inCrowd = ({ crowd = '' }: Ids) => crowd.split(',')
const members = (ids: Ids) => inCrowd(ids).map((member_id) => ({ member_id }))
const large = { name: 'of more than one transaction', prepare: crowd }

/** A schedule that is over, whose users have been there. */
const over = async ({ ids, ask }: Place) => {
  const times = { starts_at: '2020-05-04T08:00:00Z', ends_at: '2020-05-04T18:00:00Z' }
  ids.overSchedule = String((await ask('POST', '/event_schedules', times)).id)
}
const log = (ids: Ids) => ({
  event_group_user_id: Number(ids.groupUser),
  time_in: '2020-05-04T09:00:00.000Z',
  time_out: '2020-05-04T10:00:00.000Z',
})
const inOver = ({ overSchedule: id = '' }: Ids): Ids => ({ id })

const invited = ({ ids, ask }: Place) =>
  ask('POST', `/people/${ids.person}/connection`, {}, 'other')
const connected = async (here: Place) => {
  await invited(here)
  await here.ask(
    'PUT',
    `/people/${here.ids.otherPerson}/connection`,
    { status: 'ACCEPT' },
    'attendee',
  )
}
const bothReady = async ({ ids, ask }: Place) => {
  for (const as of ['attendee', 'other'] as const) {
    await ask('PUT', `/networking/sessions/${ids.freeMeetUp}/registration`, {}, as)
    await ask('PUT', `/networking/sessions/${ids.freeMeetUp}/availability`, { ready: true }, as)
  }
}
const free = ({ freeMeetUp: session = '' }: Ids): Ids => ({ session })

const failedDelivery = '000000000001'
/** A delivery of a change: none is made without the feed. */
const failed = async ({ ids, tokens }: Place) => {
  const scope = await scopeOf({ id: ids.event ?? '', token: tokens.organiser })
  const delivery = {
    ...keys.delivery(scope, ids.webhook_id ?? '', failedDelivery),
    id: failedDelivery,
    changeId: newId('change'),
    sequence: 1,
    type: 'person.created',
    status: 'failed',
    attempts: 9,
    tries: [],
    createdAt: now(),
    ttl: Math.floor(Date.now() / 1_000) + 86_400,
  }
  await rowsPut([delivery])
}

/** What is asked of every route that writes; one that is missing here fails the tests. */
export const cases: Record<string, Case[]> = {
  createEvent: [{}],
  replaceEvent: [{}],
  changeEvent: [{}],
  deleteEvent: [{}],
  createToken: [
    { body: ({ event }) => ({ role: 'event_staff', name: 'Desk', events: [event] }) },
    {
      name: 'of a person',
      body: ({ event, third }) => ({ role: 'attendee', events: [event], person: third }),
    },
  ],
  deleteToken: [{}],
  replaceOrganisation: [{}],
  changeOrganisation: [{}],
  createTicketType: [{}],
  replaceTicketType: [{}],
  changeTicketType: [{ body: ({ session }) => ({ session_access: [session] }) }],
  deleteTicketType: [
    {
      prepare: async ({ ids, ask }) => {
        const made = await ask('POST', '/ticket_types', { name: 'Late', session_access: 'all' })
        ids.freeType = made.ticket_type_id
      },
      at: ({ freeType: ticket_type_id = '' }) => ({ ticket_type_id }),
    },
  ],
  issueTicket: [{ at: third, body: ({ ticket_type_id }) => ({ ticket: { ticket_type_id } }) }],
  withdrawTicket: [{}],
  createRoom: [{}],
  replaceRoom: [{}],
  changeRoom: [{}],
  deleteRoom: [{}],
  createPerson: [
    { body: () => ({ person: ada }) },
    {
      name: 'with links',
      body: ({ group, session, lateSession }) => ({
        person: {
          ...ada,
          assign_groups: [group],
          assign_agenda: {
            sessions: [
              { session_id: session, session_roles: ['Speaker'] },
              { session_id: lateSession },
            ],
          },
        },
      }),
    },
  ],
  replacePerson: [{ body: () => ({ person: ada }) }],
  changePerson: [
    {},
    {
      name: 'with links',
      body: ({ lateSession }) => ({
        person: { assign_groups: [], assign_agenda: { sessions: [{ session_id: lateSession }] } },
      }),
    },
  ],
  deletePerson: [{}, { name: 'erased', query: '?erase=true' }],
  batchPeople: [
    { body: () => ({ rows }) },
    {
      name: 'into a group and a session',
      body: ({ group, lateSession }) => ({
        rows: rows.map((row) => ({
          ...row,
          assign_groups: [group],
          assign_agenda: { sessions: [{ session_id: lateSession }] },
        })),
      }),
    },
  ],
  batchGroupMembers: [
    { body: (ids) => ({ rows: [ids.third, ids.otherPerson].map((member_id) => ({ member_id })) }) },
  ],
  addPersonToGroup: [{ at: third }],
  removePersonFromGroup: [{}],
  addPersonSessions: [
    {
      at: third,
      body: ({ session }) => ({
        sessions: [{ session_id: session, session_roles: ['Moderator'] }],
      }),
    },
  ],
  removePersonSession: [{}],
  createGroup: [
    {
      body: ({ person, third }) =>
        group({ group_members: [{ member_id: person }, { member_id: third }] })(),
    },
    { ...large, body: (ids) => group({ group_members: members(ids) })() },
  ],
  replaceGroup: [{ body: group({ group_color: '#AD1457' }) }],
  changeGroup: [{ body: group({}) }],
  deleteGroup: [
    {},
    {
      ...large,
      prepare: async (here) => {
        await crowd(here)
        const made = { group_name: 'Large', group_members: members(here.ids) }
        here.ids.largeGroup = (await here.ask('POST', '/people/groups', made)).group_id
      },
      at: ({ largeGroup: group = '' }) => ({ group }),
    },
  ],
  createPeopleField: [{}],
  replacePeopleField: [{}],
  changePeopleField: [{}],
  deletePeopleField: [{}],
  createSession: [
    {
      body: ({ track, third, room }) => ({
        session: {
          ...hour,
          session_name: 'Opening keynote',
          capacity: 40,
          session_tracks: [track],
          speakers: [third],
          room_id: room,
        },
      }),
    },
    {
      ...large,
      body: (ids) => ({ session: { ...hour, session_name: 'Panel', speakers: inCrowd(ids) } }),
    },
  ],
  replaceSession: [{}],
  changeSession: [
    {},
    {
      name: 'with a seat more',
      at: ({ fullSession: session = '' }) => ({ session }),
      body: () => ({ session: { capacity: 2 } }),
    },
    { ...large, body: (ids) => ({ session: { speakers: inCrowd(ids), session_tracks: [] } }) },
  ],
  deleteSession: [{}, { name: 'where somebody waits', at: full }],
  batchSessions: [{}],
  batchTracks: [{}],
  batchAttendees: [{ body: () => ({ rows: [{ email_address: 'tom@example.com' }] }) }],
  addAttendee: [
    { at: third },
    {
      name: 'into the line',
      at: (ids) => ({ ...full(ids), person: ids.otherPerson ?? '' }),
      query: '?waitlist=true',
    },
  ],
  removeAttendee: [
    {},
    { name: 'for whom somebody waits', at: (ids) => ({ ...full(ids), person: ids.person ?? '' }) },
  ],
  leaveWaitlist: [{ at: full }],
  createTrack: [{}],
  replaceTrack: [{}],
  changeTrack: [{}],
  deleteTrack: [{}],
  createFeed: [{ body: ({ person }) => ({ person }) }],
  createMyFeed: [{}],
  deleteFeed: [{}],
  checkConflicts: [{}],
  createSessionField: [{}],
  replaceSessionField: [{}],
  changeSessionField: [{}],
  deleteSessionField: [{}],
  uploadPicture: [picture],
  replacePicture: [picture],
  deletePicture: [{}],
  uploadEventPicture: [picture],
  replaceEventPicture: [picture],
  deleteEventPicture: [{}],
  createSchedule: [{}],
  changeSchedule: [{}],
  deleteSchedule: [{}],
  createAccessGroup: [{}],
  joinAccessGroup: [{}],
  addUsageLog: [{ prepare: over, at: inOver, body: log }],
  addUsageLogs: [
    {
      prepare: over,
      at: inOver,
      body: (ids) => ({
        logs: [log(ids), { ...log(ids), time_in: '2020-05-04T09:30:00.000Z' }],
      }),
    },
  ],
  joinNetworkingSession: [{ at: free }],
  leaveNetworkingSession: [{}],
  setNetworkingAvailability: [{ body: () => ({ ready: false }) }],
  holdNetworkingRound: [{ prepare: bothReady, at: free }],
  markMatch: [{}],
  changeMyProfile: [{}],
  requestConnection: [{}],
  answerConnection: [{ prepare: invited }],
  endConnection: [{ prepare: connected }],
  requestMeeting: [
    {
      body: () => ({
        meetingStartTime: '2027-05-04T15:00:00+02:00',
        meetingEndTime: '2027-05-04T15:30:00+02:00',
      }),
    },
  ],
  changeMyMeeting: [{ as: 'other' }],
  createWebhook: [{ body: () => ({ url: 'http://127.0.0.1:9/' }) }],
  changeWebhook: [{}],
  deleteWebhook: [{}],
  pingWebhook: [{}],
  renewWebhookSecret: [{}],
  redeliver: [{ prepare: failed, at: () => ({ delivery: failedDelivery }) }],
  createExport: [{}],
  createCheckin: [{ body: ({ code }) => ({ checkin: { code, nonce: 'door-1-000042' } }) }],
  batchCheckins: [
    {
      body: ({ code, third }) => ({
        rows: [
          { code, nonce: 'door-1-000042' },
          { person: third, nonce: 'door-1-000043' },
        ],
      }),
    },
  ],
  issueBadge: [{ at: third }, { name: 'a second one' }],
  blockBadge: [{}],
  joinMySession: [{ body: ({ lateSession }) => ({ session: { session_id: lateSession } }) }],
  leaveMySession: [{}],
}
