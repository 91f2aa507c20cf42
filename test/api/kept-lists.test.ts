import { describe, expect, it } from 'vitest'
import { type Attendee, makeAttendee } from '#test/support/attendee.ts'
import { batch } from '#test/support/batches.ts'
import {
  type EventClient,
  freshEvent,
  inTurns,
  makeGroup,
  makePerson,
  runAllJobs,
} from '#test/support/factories.ts'
import { makeTrack } from '#test/support/sessions.ts'
import { costOf } from '../../bench/store-calls.ts'

// Lists of more than a hundred rows keep what they go by while nothing of it changes (lib/table/kept-lists.ts).
const many = 120
const numbers = [...Array(many).keys()]

type Who = Pick<EventClient, 'ask'>

/** What the list says now, and what it cost to read. */
async function read({ ask }: Who, path: string) {
  let body: Record<string, unknown> & { length?: number } = {}
  let total = ''
  const { units } = await costOf(async () => {
    const answer = await ask('GET', path)
    expect(answer.status, answer.text).toBe(200)
    body = answer.body
    total = answer.headers['x-total-count'] ?? ''
  })
  return { body, total: Number(total || body.record_number), units }
}

/** Reads the list until it is kept: a page costs less then. */
async function keep(who: Who, path: string) {
  const first = await read(who, path)
  const again = await read(who, path)
  expect(again.total).toBe(first.total)
  expect(again.units).toBeLessThan(first.units)
  return again
}

describe('a list of two groups', () => {
  it('has whoever joins or leaves one of them, counted once', async () => {
    const at = await freshEvent()
    const [one, two] = [await makeGroup(at, 'One'), await makeGroup(at, 'Two')]
    await batch(
      at,
      numbers.map((n) => ({
        profile: { first_name: `Guest ${n}` },
        assign_groups: [n % 2 ? one.group_id : two.group_id],
      })),
    )
    const path = `/people/resources?limit=2&groups=${one.group_id},${two.group_id}`
    expect((await keep(at, path)).total).toBe(many)
    const { person_id } = await makePerson(at, {
      assign_groups: [one.group_id, two.group_id],
    })
    expect((await keep(at, path)).total).toBe(many + 1)
    const removed = await at.ask('DELETE', `/people/resources/${person_id}`)
    expect(removed.status).toBe(200)
    expect((await keep(at, path)).total).toBe(many)
    const gone = await at.ask('DELETE', `/people/groups/${two.group_id}`)
    expect(gone.status).toBe(200)
    expect((await read(at, path)).total).toBe(many / 2)
  })
})

async function sessionsIn(at: EventClient, track: string): Promise<string[]> {
  const sent = numbers.map((n) => ({
    session_name: `Talk ${n}`,
    session_date: '2027-05-04',
    session_start_time: `09-${String(n % 60).padStart(2, '0')}`,
    session_end_time: '12-00',
    session_format: 'MEET_UP',
    session_tracks: [track],
  }))
  const { body } = await at.ask('POST', '/sessions/resources/batch', { rows: sent })
  expect(body.created, JSON.stringify(body.rows?.[0])).toBe(many)
  return body.rows.map(({ id }: { id: string }) => id)
}

const firstOf = (list: unknown) => (list as { session_id: string }[])[0]?.session_id

describe('a list of sessions', () => {
  it('of a track is in order of start when a session has moved, on its day or to another', async () => {
    const at = await freshEvent()
    const { track_id } = await makeTrack(at, 'Main')
    const ids = await sessionsIn(at, track_id)
    const [filtered, own] = [
      `/sessions/resources?limit=2&tracks=${track_id}`,
      `/sessions/tracks/${track_id}/list?limit=2`,
    ]
    expect((await keep(at, filtered)).total).toBe(many)
    expect((await read(at, own)).total).toBe(many)
    const last = ids.at(-1)
    const moved = (change: object) => at.ask('PATCH', `/sessions/resources/${last}`, change)
    await moved({ session_start_time: '08-00' })
    expect(firstOf((await keep(at, filtered)).body.session_list)).toBe(last)
    expect(firstOf((await read(at, own)).body.session_list)).toBe(last)
    await moved({ session_date: '2027-05-05' })
    expect(firstOf((await keep(at, filtered)).body.session_list)).not.toBe(last)
    await moved({ session_tracks: [] })
    expect((await keep(at, filtered)).total).toBe(many - 1)
    await at.ask('DELETE', `/sessions/resources/${ids[0]}`)
    expect((await keep(at, own)).total).toBe(many - 2)
  })

  it('for networking, for attendees and for the door knows what changes in place', async () => {
    const at = await freshEvent()
    const { track_id } = await makeTrack(at, 'Main')
    const [first = ''] = await sessionsIn(at, track_id)
    const me = await makeAttendee(at)
    const change = (fields: object) => at.ask('PATCH', `/sessions/resources/${first}`, fields)
    const networking = '/networking/sessions?limit=2'
    expect((await keep(at, networking)).total).toBe(many)
    await change({ session_format: 'WORKSHOP' })
    expect((await keep(at, networking)).total).toBe(many - 1)
    const own = '/sessions/resources?limit=2'
    expect((await read(me, own)).total).toBe(many)
    await change({ session_status: 'DRAFT' })
    expect((await keep(me, own)).total).toBe(many - 1)
    const doors = async () => (await read(at, '/checkins/status')).body.sessions as unknown[]
    expect(await doors()).toHaveLength(many)
    await at.ask('DELETE', `/sessions/resources/${first}`)
    expect(await doors()).toHaveLength(many - 1)
    expect((await read(me, own)).total).toBe(many - 1)
  })
})

describe('what a person has with others', () => {
  const people = async (at: EventClient): Promise<string[]> => {
    const { body } = await batch(
      at,
      numbers.map((n) => ({ profile: { first_name: `Guest ${n}` } })),
    )
    return body.rows.map(({ id }: { id: string }) => id)
  }
  const put = (who: Attendee, path: string, body: object) => who.ask('PUT', path, body)

  it('is listed as it is: asked, answered, ended, and with whom is gone', async () => {
    const at = await freshEvent()
    const me = await makeAttendee(at)
    const other = await makeAttendee(at)
    const everybody = await people(at)
    await inTurns([...everybody, other.id], async (id) => {
      expect((await me.ask('POST', `/people/${id}/connection`)).status).toBe(200)
    })
    const path = '/people/me/connections?limit=2'
    expect((await keep(me, path)).total).toBe(many + 1)
    expect((await read(me, `${path}&status=ACCEPT`)).total).toBe(0)
    await put(other, `/people/${me.id}/connection`, { status: 'ACCEPT' })
    expect((await read(me, `${path}&status=ACCEPT`)).total).toBe(1)
    await me.ask('DELETE', `/people/${everybody[0]}/connection`)
    expect((await keep(me, path)).total).toBe(many)
    await at.ask('DELETE', `/people/resources/${everybody[1]}`)
    expect((await read(me, path)).total).toBe(many - 1)
    await runAllJobs()
    expect((await keep(me, path)).total).toBe(many - 1)
  })

  it('is listed as meetings stand', async () => {
    const at = await freshEvent()
    const [me, other] = [await makeAttendee(at), await makeAttendee(at)]
    let last = ''
    for (const n of numbers) {
      const minute = (of: number) => new Date(Date.UTC(2027, 4, 4, 8, of)).toISOString()
      const { body } = await me.ask('POST', `/people/${other.id}/meetings`, {
        meetingStartTime: minute(n),
        meetingEndTime: minute(n + 15),
      })
      last = body.id
      if (n < many - 1) await put(me, `/people/me/meetings/${last}`, { status: 'CANCEL' })
    }
    const path = '/people/me/meetings?limit=2'
    for (const who of [me, other]) {
      expect((await keep(who, path)).total).toBe(many)
      expect((await read(who, `${path}&status=CREATED`)).total).toBe(1)
    }
    await put(other, `/people/me/meetings/${last}`, { status: 'BOOKED' })
    for (const who of [me, other]) {
      expect((await read(who, `${path}&status=BOOKED`)).total).toBe(1)
      expect((await read(who, `${path}&upcoming=true`)).total).toBe(many)
    }
    await at.ask('DELETE', `/people/resources/${other.id}`)
    expect((await read(me, path)).total).toBe(0)
    await runAllJobs()
    expect((await read(me, path)).total).toBe(0)
  })
})
