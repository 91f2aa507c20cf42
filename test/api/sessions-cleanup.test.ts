import { expect, test } from 'vitest'
import { type EventClient, freshEvent, makePerson, runAllJobs } from '#test/support/factories.ts'
import { rowsMentioning } from '#test/support/scan.ts'
import { makeSession, makeTrack } from '#test/support/sessions.ts'

/** People, tracks and sessions with all that can hang on them. */
async function house(at: EventClient) {
  const people = await Promise.all([...Array(6)].map(() => makePerson(at)))
  const ids = people.map(({ person_id }): string => person_id)
  const tracks = [await makeTrack(at, 'One'), await makeTrack(at, 'Two')]
  const fields = {
    capacity: 5,
    session_tracks: tracks.map(({ track_id }) => track_id),
    session_roles: [
      { session_role_name: 'Speaker', people_list: ids.slice(0, 4) },
      { session_role_name: 'Moderator', people_list: ids.slice(2) },
    ],
  }
  const sessions = await Promise.all(
    ['a', 'b', 'c'].map((id) =>
      makeSession(at, { ...fields, external_ids: [{ id_system: 'crm', id }] }),
    ),
  )
  for (const { session_id } of sessions) {
    for (const person of ids.slice(0, 5)) {
      await at.ask('POST', `/sessions/resources/${session_id}/attendees/${person}`)
    }
  }
  await at.ask('POST', '/sessions/custom_fields', { field_name: 'Level' })
  await at.ask('POST', '/sessions/feeds', { person: ids[0] })
  await at.ask('POST', '/sessions/feeds')
  return { ids, tracks, sessions }
}

test('a deleted session, track or person leaves no trace', async () => {
  const at = await freshEvent()
  const { ids, tracks, sessions } = await house(at)
  const [session, track, person] = [sessions[0].session_id, tracks[0]?.track_id, ids[0] ?? '']
  for (const path of [
    `/sessions/resources/${session}`,
    `/sessions/tracks/${track}`,
    `/people/resources/${person}`,
  ]) {
    expect((await at.ask('DELETE', path)).status).toBe(200)
  }
  await runAllJobs()
  for (const id of [session, track, person]) expect(await rowsMentioning(id)).toEqual([])
  const again = await makeSession(at, { external_ids: [{ id_system: 'crm', id: 'a' }] })
  expect(again.external_ids).toHaveLength(2)
})

test('a deleted event leaves no trace of its sessions, those on their way out included', async () => {
  const at = await freshEvent()
  const { tracks, sessions } = await house(at)
  await at.ask('DELETE', `/sessions/resources/${sessions[1].session_id}`)
  await at.ask('DELETE', `/sessions/tracks/${tracks[1]?.track_id}`)
  expect((await at.ask('DELETE', '')).status).toBe(200)
  await runAllJobs()
  expect(await rowsMentioning(at.id)).toEqual([])
})
