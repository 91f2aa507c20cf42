import { expect, test } from 'vitest'
import type { ErrorName } from '#lib/base/errors.ts'
import { makeAttendee, speaking, tokenOf } from '#test/support/attendee.ts'
import { call } from '#test/support/call.ts'
import { expectError } from '#test/support/errors.ts'
import { freshEvent, makePerson } from '#test/support/factories.ts'

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

test('changes of the own profile what was sent, which is nothing when it is sent back', async () => {
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
  const cases: [object, string, ErrorName][] = [
    [{ colour: 'red' }, 'colour', 'unknown_field'],
    [{ videoIntro: 'javascript:alert(1)' }, 'videoIntro', 'invalid_body'],
    [{ rules: [{ weekday: 8, start: '09:00', end: '10:00' }] }, 'rules[0].weekday', 'invalid_body'],
    [{ rules: [{ start: '09:00', end: '10:00' }] }, 'rules[0].date', 'invalid_body'],
    [{ rules: [{ weekday: 1, start: '11:00', end: '10:00' }] }, 'rules[0].end', 'invalid_body'],
    [{ timezoneId: 'Mars/Base' }, 'timezoneId', 'invalid_body'],
    [{ acceptMeetingRequests: 'SOME' }, 'acceptMeetingRequests', 'invalid_body'],
    [{ availabilityDuration: 3 }, 'availabilityDuration', 'invalid_body'],
    [
      { availabilityStartTime: '12:00', availabilityEndTime: '11:00' },
      'availabilityEndTime',
      'invalid_body',
    ],
    [{ firstName: null }, 'firstName', 'invalid_body'],
    [{ custom_fields_meta: { nothing: 1 } }, 'custom_fields_meta.nothing', 'unknown_custom_field'],
    [{ interests: Array(51).fill('x') }, 'interests', 'invalid_body'],
  ]
  for (const [body, field, error] of cases) {
    const answer = await me.ask('PATCH', '/people/me/profile', body)
    expect([answer.body.fields, answer.error], JSON.stringify(body)).toEqual([field, error])
  }
  const wrapped = await me.ask('PATCH', '/people/me/profile', { profile: { colour: 'red' } })
  expect(wrapped.body.fields).toBe('profile.colour')
})

test('keeps custom fields to those who have a right to them', async () => {
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
  expectError(await patch({ [own]: 'mine' }), 'field_forbidden')
  expectError(await patch({ [own]: null }), 'field_forbidden')
  expect((await patch({ [own]: 'own', [open]: 'new' })).status).toBe(200)
  expect(await meta(at)).toEqual({ ...values, [open]: 'new' })
  expect((await patch({ [open]: null })).status).toBe(200)
  expect(await meta(at)).toEqual({ [own]: 'own', [office]: 'office' })
})

test('honours conditional headers on profiles', async () => {
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

test('speaks the ids of another system in profiles to organisers, and to attendees ours alone', async () => {
  const at = await freshEvent()
  const me = await makeAttendee(at, ada)
  const fields = { ...ada, profile: { first_name: 'Eve' } }
  const eve = await makePerson(at, { ...fields, external_ids: [{ id_system: 'crm', id: '7' }] })
  const headers = { ext_id_system: 'crm' }
  const answer = await at.ask('GET', '/people/7/profile', undefined, headers)
  expect(answer.body).toMatchObject({ id: '7', userId: '7', firstName: 'Eve' })
  expectError(await me.ask('GET', '/people/7/profile', undefined, headers), 'person_not_found')
  const meeting = {
    meetingStartTime: '2027-05-04T11:00:00Z',
    meetingEndTime: '2027-05-04T11:30:00Z',
  }
  expectError(await me.ask('POST', '/people/7/meetings', meeting, headers), 'person_not_found')
  expectError(await me.ask('POST', '/people/7/connection', {}, headers), 'attendee_not_found')
  const seen = await me.ask('GET', `/people/${eve.person_id}/profile`, undefined, headers)
  expect(seen.body).toMatchObject({ id: eve.person_id, userId: eve.person_id })
  const asked = await me.ask('POST', `/people/${eve.person_id}/meetings`, meeting, headers)
  expect(asked.body).toMatchObject({ senderUserId: me.id, receiverUserId: eve.person_id })
})

test('gives tokens without a person no profile of their own', async () => {
  const at = await freshEvent()
  const staff = speaking(at, await tokenOf(at, 'event_staff'))
  for (const who of [at, staff]) {
    expectError(await who.ask('GET', '/people/me/profile'), 'person_not_found')
    expectError(await who.ask('PATCH', '/people/me/profile', {}), 'person_not_found')
  }
  const { person_id } = await makePerson(at, ada)
  expect((await staff.ask('GET', `/people/${person_id}/profile`)).body.email).toBe(
    'ada@example.com',
  )
  const other = await freshEvent()
  const foreign = await call('GET', `/events/${at.id}/people/${person_id}/profile`, {
    token: other.token,
  })
  expectError(foreign, 'event_not_found')
})
