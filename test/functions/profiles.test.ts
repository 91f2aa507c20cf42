import { expect, test } from 'vitest'
import { makeAttendee, speaking, tokenOf } from '#test/support/attendee.ts'
import { call } from '#test/support/call.ts'
import { freshEvent, makePerson } from '#test/support/make.ts'

const ada = {
  profile: {
    first_name: 'Ada',
    last_name: 'Byron',
    email_address: 'ada@example.com',
    title: 'Countess',
    company: 'Analytical Engines',
    about: 'Numbers',
    social_contacts: { twitter_url: 'https://x.example/ada' },
  },
}

test('shows the own profile with every field of the document', async () => {
  const at = await freshEvent()
  const me = await makeAttendee(at, ada)
  const answer = await me.ask('GET', '/people/me/profile')
  expect(answer.status, answer.text).toBe(200)
  expect(answer.body).toEqual({
    id: me.id,
    userId: me.id,
    firstName: 'Ada',
    lastName: 'Byron',
    email: 'ada@example.com',
    pronouns: '',
    photo: '',
    coverPhoto: '',
    acceptDirectMessages: true,
    acceptMeetingRequests: 'EVERY_ONE',
    showContactInfo: true,
    company: 'Analytical Engines',
    title: 'Countess',
    timezoneId: 'Europe/Berlin',
    equivalentTimezone: 'UTC+02:00',
    status: 'NONE',
    rejectedBy: '',
    eventId: at.id,
    videoIntro: '',
    extraInfo: { aboutMe: 'Numbers', wantsToLearn: [], knows: [], wantsToMeet: [] },
    interests: [],
    availabilityDuration: 30,
    request: false,
    instagram: '',
    facebook: '',
    twitter: 'https://x.example/ada',
    linkedIn: '',
    availabilityStartTime: '',
    availabilityEndTime: '',
    availabilityTimezoneId: 'Europe/Berlin',
    showProfile: true,
    rules: [],
    meetingAvailabilitySetted: false,
    emailNotification: true,
    allowCallsAndVideosFromNotConnectedAttendees: false,
    exposeProfileToOtherUser: true,
    custom_fields_meta: {},
  })
  expect((await me.ask('GET', `/people/${me.id}/profile`)).body).toEqual(answer.body)
})

test('changes the own profile, and nothing when a profile is sent back', async () => {
  const at = await freshEvent()
  const me = await makeAttendee(at, ada)
  const patch = {
    pronouns: 'she/her',
    title: null,
    extraInfo: { knows: ['maps', 'maps', 'captions'], aboutMe: 'Engines' },
    interests: ['queues'],
    rules: [
      { weekday: 2, start: '09:00', end: '12:00' },
      { date: '2027-05-05', start: '13:00', end: '24:00' },
    ],
    availabilityStartTime: '10:00',
    emailNotification: false,
    instagram: 'https://insta.example/ada',
  }
  const changed = await me.ask('PATCH', '/people/me/profile', patch)
  expect(changed.status, changed.text).toBe(200)
  expect(changed.body).toMatchObject({
    ...patch,
    title: '',
    extraInfo: { knows: ['maps', 'captions'], aboutMe: 'Engines', wantsToMeet: [] },
    meetingAvailabilitySetted: true,
  })
  const before = await me.ask('GET', '/people/me/profile')
  const back = await me.ask('PATCH', '/people/me/profile', before.body)
  expect(back.status, back.text).toBe(200)
  expect(back.body).toEqual(before.body)
  expect(back.headers.etag).toBe(before.headers.etag)
  const person = await at.ask('GET', `/people/resources/${me.id}`)
  expect(person.body.profile).toMatchObject({ about: 'Engines', title: '' })
  expect(person.body.profile.social_contacts.twitter_url).toBe('https://x.example/ada')
  expect(person.body.personal_settings).toEqual({
    direct_messaging: 'true',
    offline_email_messaging: 'false',
  })
})

test('names what it cannot take', async () => {
  const at = await freshEvent()
  const me = await makeAttendee(at, { profile: { first_name: 'Ada' } })
  const cases: [object, string, number][] = [
    [{ colour: 'red' }, 'colour', 4000004],
    [{ videoIntro: 'javascript:alert(1)' }, 'videoIntro', 4000002],
    [{ rules: [{ weekday: 8, start: '09:00', end: '10:00' }] }, 'rules[0].weekday', 4000002],
    [{ rules: [{ start: '09:00', end: '10:00' }] }, 'rules[0].date', 4000002],
    [{ rules: [{ weekday: 1, start: '11:00', end: '10:00' }] }, 'rules[0].end', 4000002],
    [{ timezoneId: 'Mars/Base' }, 'timezoneId', 4000002],
    [{ acceptMeetingRequests: 'SOME' }, 'acceptMeetingRequests', 4000002],
    [{ availabilityDuration: 3 }, 'availabilityDuration', 4000002],
    [
      { availabilityStartTime: '12:00', availabilityEndTime: '11:00' },
      'availabilityEndTime',
      4000002,
    ],
    [{ firstName: null }, 'firstName', 4000002],
    [{ custom_fields_meta: { nothing: 1 } }, 'custom_fields_meta.nothing', 4000013],
    [{ interests: Array(51).fill('x') }, 'interests', 4000002],
  ]
  for (const [body, field, code] of cases) {
    const answer = await me.ask('PATCH', '/people/me/profile', body)
    expect([answer.body.fields, answer.body.code], JSON.stringify(body)).toEqual([field, code])
  }
  const wrapped = await me.ask('PATCH', '/people/me/profile', { profile: { colour: 'red' } })
  expect(wrapped.body.fields).toBe('profile.colour')
})

test('keeps custom fields to those who may read and write them', async () => {
  const at = await freshEvent()
  const makeField = async (view: string, edit: string) => {
    const body = { field_name: 'x', view_permission: view, edit_permission: edit }
    return (await at.ask('POST', '/people/custom_fields', body)).body.custom_field_id as string
  }
  const open = await makeField('Everyone', 'Organizer and Data Owner')
  const own = await makeField('Organizer and Data Owner', 'Organizer')
  const office = await makeField('Organizer', 'Organizer')
  const values = { [open]: 'open', [own]: 'own', [office]: 'office' }
  const me = await makeAttendee(at, { ...ada, custom_fields_meta: values })
  const other = await makeAttendee(at, { profile: { first_name: 'Eve' } })
  const meta = async (who: { ask: typeof me.ask }) =>
    (await who.ask('GET', `/people/${me.id}/profile`)).body.custom_fields_meta
  expect(await meta(me)).toEqual({ [open]: 'open', [own]: 'own' })
  expect(await meta(other)).toEqual({ [open]: 'open' })
  expect(await meta(at)).toEqual(values)
  const patch = (custom: object) =>
    me.ask('PATCH', '/people/me/profile', { custom_fields_meta: custom })
  expect((await patch({ [own]: 'mine' })).body.code).toBe(4030002)
  expect((await patch({ [own]: null })).body.code).toBe(4030002)
  expect((await patch({ [own]: 'own', [open]: 'new' })).status).toBe(200)
  expect(await meta(at)).toEqual({ ...values, [open]: 'new' })
  expect((await patch({ [open]: null })).status).toBe(200)
  expect(await meta(at)).toEqual({ [own]: 'own', [office]: 'office' })
})

test('honours If-Match and Idempotency-Key', async () => {
  const at = await freshEvent()
  const me = await makeAttendee(at, ada)
  const path = '/people/me/profile'
  const stale = await me.ask('PATCH', path, { pronouns: 'x' }, { 'if-match': '"other"' })
  expect(stale.status).toBe(412)
  const { etag = '' } = (await me.ask('GET', path)).headers
  expect(stale.headers.etag).toBe(etag)
  const headers = { 'if-match': etag, 'idempotency-key': 'once' }
  const first = await me.ask('PATCH', path, { pronouns: 'x' }, headers)
  expect(first.status).toBe(200)
  expect((await me.ask('PATCH', path, { pronouns: 'x' }, headers)).text).toBe(first.text)
})

test('finds people by other ids, and prints them', async () => {
  const at = await freshEvent()
  const me = await makeAttendee(at, ada)
  const fields = { ...ada, profile: { first_name: 'Eve' } }
  await makePerson(at, { ...fields, external_ids: [{ id_system: 'crm', id: '7' }] })
  const answer = await me.ask('GET', '/people/7/profile', undefined, { ext_id_system: 'crm' })
  expect(answer.body).toMatchObject({ id: '7', userId: '7', firstName: 'Eve' })
})

test('gives tokens without a person no profile of their own', async () => {
  const at = await freshEvent()
  const staff = speaking(at, await tokenOf(at, 'event_staff'))
  for (const who of [at, staff]) {
    expect((await who.ask('GET', '/people/me/profile')).body.code).toBe(4040101)
    expect((await who.ask('PATCH', '/people/me/profile', {})).body.code).toBe(4040101)
  }
  const { person_id } = await makePerson(at, ada)
  expect((await staff.ask('GET', `/people/${person_id}/profile`)).body.email).toBe(
    'ada@example.com',
  )
  const other = await freshEvent()
  const foreign = await call('GET', `/events/${at.id}/people/${person_id}/profile`, {
    token: other.token,
  })
  expect(foreign.body.code).toBe(4040001)
})
