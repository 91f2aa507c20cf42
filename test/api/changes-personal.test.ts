import { beforeAll, expect, test } from 'vitest'
import { makeAttendee } from '../support/attendee.ts'
import { call } from '../support/call.ts'
import { changesBy } from '../support/changes.ts'
import { freshEvent, makePerson, runAllJobs } from '../support/factories.ts'
import { drainFeed, followChanges } from '../support/feed.ts'
import { picturesOf } from '../support/pictures.ts'
import { allRowsMentioning } from '../support/scan.ts'
import { makeSession } from '../support/sessions.ts'

beforeAll(followChanges)

/** Rows that the feed keeps, whatever becomes of what they tell of. */
const isKept = ({ pk }: { pk: string }) => /#(D|L|L#\d+|LO#[^#]+)$|^L[EF]$/.test(pk)

test('holds no personal value in any row of the feed, before an erasure and after it', async () => {
  const at = await freshEvent()
  const canary = 'Kanarienvogel'
  const profile = {
    first_name: canary,
    last_name: canary,
    email_address: `${canary}@example.com`,
    company: canary,
    title: canary,
    about: canary,
    social_contacts: { website_url: `https://example.com/${canary}` },
  }
  const field = (await at.ask('POST', '/people/custom_fields', { field_name: 'Bird' })).body
  const ada = await makeAttendee(at, {
    profile,
    custom_fields_meta: { [field.custom_field_id]: canary },
    external_ids: [{ id_system: 'crm', id: canary }],
  })
  const eve = await makeAttendee(at)
  const { session_id: session } = await makeSession(at)
  const changes = await changesBy(at, async () => {
    const named = { role: 'attendee', name: canary, events: [at.id], person: ada.id }
    const { token } = (await call('POST', '/tokens', { token: at.token, body: named })).body
    const own = { token, body: { pronouns: canary, interests: [canary] } }
    await call('PATCH', `/events/${at.id}/people/me/profile`, own)
    await ada.ask('POST', `/people/${eve.id}/connection`)
    await at.ask('POST', `/sessions/resources/${session}/attendees/${ada.id}`)
    await picturesOf(at).add()
    const starts_at = '2027-05-04T08:00:00Z'
    const schedule = (await at.ask('POST', '/event_schedules', { starts_at })).body
    const group = (await at.ask('POST', '/groups', { name: canary })).body
    const joining = { email: `${canary}@example.com`, name: canary }
    const joined = await at.ask('POST', `/groups/${group.access_key}`, joining)
    await call('POST', `/event_schedules/${schedule.guid ?? schedule.speche_guid}/logs`, {
      token: at.token,
      body: {
        event_group_user_id: joined.body.eventGroupUser.id,
        time_in: '2026-05-04T07:00:00Z',
        time_out: '2026-05-04T08:00:00Z',
        ip_address: '192.0.2.77',
        user_agent: canary,
      },
    })
  })
  expect([...new Set(changes.map(({ type }) => type))]).toEqual(
    expect.arrayContaining([
      ...['person.updated', 'connection.requested', 'attendance.added', 'picture.created'],
      ...['schedule.created', 'schedule_group.created', 'schedule_user.invited', 'usage_log.added'],
    ]),
  )
  const kept = async (text: string) => (await allRowsMentioning(text)).filter(isKept)
  expect((await kept(at.id)).length).toBeGreaterThan(20)
  for (const value of [canary, canary.toLowerCase(), '192.0.2.77']) {
    expect(await kept(value)).toEqual([])
  }
  await at.ask('DELETE', `/people/resources/${ada.id}?erase=true`)
  await runAllJobs()
  await drainFeed()
  for (const value of [canary, canary.toLowerCase(), '192.0.2.77']) {
    expect((await allRowsMentioning(value)).filter(isKept)).toEqual([])
  }
})

test('does not need those of whom nothing is left: their history is ids', async () => {
  const at = await freshEvent()
  const { person_id: id } = await makePerson(at, { profile: { first_name: 'Kanarienvogel' } })
  await at.ask('DELETE', `/people/resources/${id}?erase=true`)
  await drainFeed()
  const { body } = await at.ask('GET', `/changes?object=${id}`)
  expect(body.changes_list.map(({ type }: { type: string }) => type)).toEqual([
    'person.created',
    'person.deleted',
    'person.erased',
  ])
})
