import { expect, test } from 'vitest'
import {
  type Attendee,
  makeAttendee,
  makeAttendees,
  speaking,
  tokenOf,
} from '#test/support/attendee.ts'
import { type EventClient, freshEvent } from '#test/support/factories.ts'

type Settings = {
  showProfile?: boolean
  exposeProfileToOtherUser?: boolean
  showContactInfo?: boolean
  acceptMeetingRequests?: string
}
type Readers = Record<'self' | 'connected' | 'rejected' | 'stranger' | 'staff' | 'admin', Asker>
type Asker = Pick<Attendee, 'ask'>

const contact = ['email', 'instagram', 'facebook', 'twitter', 'linkedIn']
const availability = [
  'rules',
  'availabilityDuration',
  'availabilityStartTime',
  'availabilityEndTime',
  'availabilityTimezoneId',
]

async function world() {
  const at = await freshEvent()
  const ada = await makeAttendee(at, {
    profile: {
      first_name: 'Ada',
      email_address: 'ada@example.com',
      social_contacts: { twitter_url: 'https://x.example/ada' },
    },
  })
  const [connected, rejected, stranger] = await makeAttendees(at, ['C', 'R', 'S'])
  if (!connected || !rejected || !stranger) throw new Error('three were made')
  for (const [one, status] of [
    [connected, 'ACCEPT'],
    [rejected, 'REJECT'],
  ] as const) {
    await one.ask('POST', `/people/${ada.id}/connection`)
    await ada.ask('PUT', `/people/${one.id}/connection`, { status })
  }
  const staff = speaking(at, await tokenOf(at, 'event_staff'))
  return { at, ada, readers: { self: ada, connected, rejected, stranger, staff, admin: at } }
}

/** What one reader sees: a word for each part of the profile, as the table prints it. */
async function seen(ada: Attendee, reader: Asker, name: string): Promise<string> {
  const path = name === 'self' ? '/people/me/profile' : `/people/${ada.id}/profile`
  const { status, body } = await reader.ask('GET', path)
  if (status === 404) return 'hidden'
  const has = (fields: string[]) => {
    const there = fields.filter((field) => field in body).length
    if (there !== 0 && there !== fields.length) throw new Error(`parts of ${fields} leak`)
    return there > 0
  }
  const parts = [
    has(contact) && 'contact',
    has(availability) && 'availability',
    has(['emailNotification']) && 'preferences',
    body.rejectedBy !== '' && 'rejectedBy',
  ].filter(Boolean)
  return parts.length > 0 ? parts.join('+') : 'basic'
}

async function row(ada: Attendee, readers: Readers, settings: Settings) {
  const all = {
    showProfile: true,
    exposeProfileToOtherUser: true,
    showContactInfo: false,
    acceptMeetingRequests: 'EVERY_ONE',
    ...settings,
  }
  expect((await ada.ask('PATCH', '/people/me/profile', all)).status).toBe(200)
  const cells: Record<string, string> = {}
  for (const [name, reader] of Object.entries(readers)) cells[name] = await seen(ada, reader, name)
  return cells
}

const organiser = 'contact+availability+preferences'
const full = { self: organiser, staff: organiser, admin: organiser }
const expected: [string, Settings, Record<string, string>][] = [
  [
    'defaults',
    {},
    {
      ...full,
      connected: 'availability',
      rejected: 'availability+rejectedBy',
      stranger: 'availability',
    },
  ],
  [
    'showContactInfo',
    { showContactInfo: true },
    {
      ...full,
      connected: 'contact+availability',
      rejected: 'contact+availability+rejectedBy',
      stranger: 'contact+availability',
    },
  ],
  [
    'meetings with connections',
    { acceptMeetingRequests: 'MY_CONNECTION' },
    { ...full, connected: 'availability', rejected: 'rejectedBy', stranger: 'basic' },
  ],
  [
    'no meetings',
    { acceptMeetingRequests: 'NO_ONE' },
    { ...full, connected: 'basic', rejected: 'rejectedBy', stranger: 'basic' },
  ],
  [
    'showProfile off',
    { showProfile: false, showContactInfo: true },
    { ...full, connected: 'hidden', rejected: 'hidden', stranger: 'hidden' },
  ],
  [
    'exposeProfileToOtherUser off',
    { exposeProfileToOtherUser: false },
    { ...full, connected: 'hidden', rejected: 'hidden', stranger: 'hidden' },
  ],
]

test('shows each reader exactly what the owner shows them', async () => {
  const { ada, readers } = await world()
  const table: Record<string, Record<string, string>> = {}
  for (const [name, settings, cells] of expected) {
    table[name] = await row(ada, readers, settings)
    expect(table[name], name).toEqual(cells)
  }
  console.table(table)
})

test('answers for somebody hidden exactly as for nobody, whatever is asked', async () => {
  const { at, ada, readers } = await world()
  const { stranger } = readers
  await ada.ask('PATCH', '/people/me/profile', { showProfile: false })
  const nobody = 'per_aaaaaaaaaaaaaaaaaaaaaaaaaa'
  const foreign = await (async (other: EventClient) => (await makeAttendee(other)).id)(
    await freshEvent(),
  )
  const meeting = {
    meetingStartTime: '2027-05-04T11:00:00+02:00',
    meetingEndTime: '2027-05-04T11:30:00+02:00',
  }
  const asks: [string, string, object?][] = [
    ['GET', 'profile'],
    ['GET', 'slots'],
    ['POST', 'meetings', meeting],
    ['POST', 'connection'],
    ['PUT', 'connection', { status: 'ACCEPT' }],
    ['DELETE', 'connection'],
  ]
  for (const [method, what, body] of asks) {
    const answers = await Promise.all(
      [ada.id, nobody, foreign, 'x y'].map(async (id) => {
        const path = `/people/${encodeURIComponent(id)}/${what}`
        const { status, text } = await stranger.ask(method, path, body)
        return `${status} ${text.replace(/"request_id":"[^"]*"/, '')}`
      }),
    )
    expect(new Set(answers).size, `${method} ${what}`).toBe(1)
  }
  expect((await at.ask('GET', `/people/${ada.id}/profile`)).status).toBe(200)
})

test('leaves people who hide out of the connections of others', async () => {
  const { ada, readers } = await world()
  await ada.ask('PATCH', '/people/me/profile', { exposeProfileToOtherUser: false })
  expect((await readers.connected.ask('GET', '/people/me/connections')).body).toEqual([])
  const ended = await readers.connected.ask('DELETE', `/people/${ada.id}/connection`)
  expect(ended.body.status).toBe('NONE')
})

test('names somebody who hides in no answer to others, replays and calendars included', async () => {
  const at = await freshEvent()
  const [ada, eve] = (await makeAttendees(at, ['Ada', 'Evelina'])) as [Attendee, Attendee]
  const path = `/people/${eve.id}/connection`
  const headers = { 'idempotency-key': 'one' }
  const asked = await ada.ask('POST', path, {}, headers)
  expect(asked.body.firstName).toBe('Evelina')
  expect((await ada.ask('POST', path, {}, headers)).body).toEqual(asked.body)
  const slot = {
    meetingStartTime: '2027-05-04T11:00:00+02:00',
    meetingEndTime: '2027-05-04T11:30:00+02:00',
  }
  const { body } = await ada.ask('POST', `/people/${eve.id}/meetings`, slot)
  await eve.ask('PUT', `/people/me/meetings/${body.id}`, { status: 'BOOKED' })
  const calendar = `/people/resources/${ada.id}/sessions/calendar.ics`
  expect((await at.ask('GET', calendar)).text).toContain('Meeting with Evelina')
  await eve.ask('PATCH', '/people/me/profile', { showProfile: false })
  expect((await at.ask('GET', calendar)).text).toContain('Meeting with another guest')
  const replayed = await ada.ask('POST', path, {}, headers)
  expect(replayed.headers['idempotency-replayed']).toBe('true')
  expect(replayed.body).toEqual({ ...asked.body, firstName: '', lastName: '' })
  const listed = await ada.ask('GET', '/people/me/connections')
  expect([listed.body, listed.headers['x-total-count']]).toEqual([[], '0'])
  const ended = await ada.ask('DELETE', path)
  expect(ended.body).toMatchObject({ userId: eve.id, firstName: '', lastName: '', company: '' })
  const exported = await at.ask('GET', `/people/resources/${ada.id}/export`)
  expect(JSON.stringify(exported.body.connections)).not.toContain('Evelina')
})

test('tells in an export nobody who rejected whom', async () => {
  const { at, ada, readers } = await world()
  const rejected = readers.rejected as Attendee
  const slot = {
    meetingStartTime: '2027-05-04T11:00:00+02:00',
    meetingEndTime: '2027-05-04T11:30:00+02:00',
  }
  const { body } = await rejected.ask('POST', `/people/${ada.id}/meetings`, slot)
  await ada.ask('PUT', `/people/me/meetings/${body.id}`, { status: 'DECLINED' })
  const exported = await at.ask('GET', `/people/resources/${rejected.id}/export`)
  const { connections, meetings } = exported.body
  expect(connections).toMatchObject([{ userId: ada.id, status: 'REJECT', rejectedBy: '' }])
  expect(meetings).toMatchObject([{ status: 'DECLINED', rejectedBy: '' }])
})
