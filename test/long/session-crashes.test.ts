import { expect, test } from 'vitest'
import { setLogSink } from '#lib/base/log.ts'
import { runJobs } from '#lib/store/jobs/runner.ts'
import { checkState, readWorld } from '#test/support/agenda-model/state.ts'
import { newWorld, type World } from '#test/support/agenda-model/world.ts'
import { anHourLater, crashAfter, restart } from '#test/support/crashes.ts'
import { makePerson, runAllJobs } from '#test/support/factories.ts'
import { makeSession, makeTrack } from '#test/support/sessions.ts'

setLogSink(() => undefined)

const crew = async (world: World, count: number): Promise<string[]> => {
  const people = await Promise.all([...Array(count)].map(() => makePerson(world.at)))
  return people.map(({ person_id }) => person_id)
}
const slot = { session_date: '2027-05-04', session_start_time: '09-00', session_end_time: '10-00' }
const none: string[] = []

/** Everything that can be runAllJobs is runAllJobs, and what the documents say is what every other row says. */
async function settle(world: World): Promise<void> {
  restart()
  await anHourLater(runAllJobs)
  await readWorld(world)
  await checkState(world)
}

/** How many of its writes a request lives through: none, one, two … and all of them. */
const kills = [0, 1, 2, 3, 4, 5, 6, 60]

test('leaves a large session whole or not at all, wherever its creation is killed', async () => {
  const world = await newWorld()
  const [people, track] = [await crew(world, 110), await makeTrack(world.at, 'T')]
  let decided = 0
  for (const writes of kills) {
    const session = {
      session_name: 'Large',
      ...slot,
      external_ids: [{ id_system: 'crm', id: `large ${writes}` }],
      capacity: 5,
      speakers: people,
      session_tracks: [track.track_id],
    }
    crashAfter(writes)
    const made = await world.at.ask('POST', '/sessions/resources', { session })
    await settle(world)
    const { body } = await world.at.ask('GET', '/sessions')
    if (made.status === 200) expect(body.session_number).toBe(decided + 1)
    decided = body.session_number
    expect(body.sessions_roles[0][0].people_list).toEqual(decided > 0 ? people.toSorted() : none)
  }
  expect(decided).toBeGreaterThan(4)
})

test('finishes a large change of roles that was killed, or never began it', async () => {
  const world = await newWorld()
  const [people, track] = [await crew(world, 110), await makeTrack(world.at, 'T')]
  const { session_id: id } = await makeSession(world.at, { session_tracks: [track.track_id] })
  const path = `/sessions/resources/${id}`
  for (const writes of kills) {
    const role = writes % 2 ? 'rol_speaker' : 'rol_moderator'
    const people_list = writes % 3 ? people : people.toReversed()
    const wanted = [{ session_role_id: role, people_list }]
    const session = { session_name: `Change ${writes}`, session_roles: wanted }
    const before = (await world.at.ask('GET', path)).body
    crashAfter(writes)
    const changed = await world.at.ask('PATCH', path, { session })
    await settle(world)
    const after = (await world.at.ask('GET', path)).body
    const isDone = after.session_name === session.session_name
    expect(isDone).toBe(changed.status === 200)
    if (isDone) expect(after.session_roles).toMatchObject(wanted)
    else expect(after.session_roles).toEqual(before.session_roles)
  }
})

test('cleans up after deletions however often the sweeper is killed', async () => {
  const world = await newWorld()
  const people = await crew(world, 100)
  const tracks = [await makeTrack(world.at, 'One'), await makeTrack(world.at, 'Two')]
  const session_tracks = tracks.map(({ track_id }) => track_id)
  const made = await Promise.all(
    [...Array(40)].map(() => makeSession(world.at, { session_tracks })),
  )
  const large = await makeSession(world.at, { session_tracks, speakers: people })
  const path = `/sessions/resources/${large.session_id}`
  await Promise.all(people.map((person) => world.at.ask('POST', `${path}/attendees/${person}`)))
  expect((await world.at.ask('DELETE', path)).status).toBe(200)
  expect((await world.at.ask('DELETE', `/sessions/tracks/${session_tracks[0]}`)).status).toBe(200)
  const gone = made[0]?.session_id
  expect((await world.at.ask('DELETE', `/sessions/resources/${gone}`)).status).toBe(200)
  for (let round = 0; round < 100; round += 1) {
    crashAfter(1)
    await runJobs(Date.now() + 20_000).catch(() => undefined)
    restart()
    const { body } = await world.at.ask('GET', '/sessions')
    expect(body).toMatchObject({ session_number: 39, track_number: 1 })
    expect(body.tracks[0].member_number).toBe(39)
    const person = await world.at.ask('GET', `/people/resources/${people[round]}`)
    expect(person.body.agenda.sessions).toEqual([])
    if ((await sweepCount()) === 0) break
  }
  await settle(world)
  expect(world.sessions.size).toBe(39)
})

async function sweepCount(): Promise<number> {
  crashAfter(0)
  const found = await runJobs(Date.now() + 20_000).catch(() => ({ jobs: 1 }))
  restart()
  return found.jobs
}
