import { expect } from 'vitest'
import {
  type EventClient,
  freshEvent,
  inTurns,
  makeGroup,
  makePerson,
  patiently,
} from './factories.ts'
import { makeSession } from './sessions.ts'

export const range = (count: number) => [...Array(count).keys()]

const manyGroups = (at: EventClient, count = 60): Promise<string[]> =>
  inTurns(range(count), async (n) => (await makeGroup(at, `G${n}`)).group_id)

export const groupIds = ({ groups }: { groups: { group_id: string }[] }): string[] =>
  groups.map(({ group_id }) => group_id)

/** An event with 60 groups and one person: more links than one transaction holds. */
export async function large() {
  const at = await freshEvent()
  const [groups, { person_id: id }] = [await manyGroups(at), await makePerson(at)]
  const path = `/people/resources/${id}`
  const patch = (person: object, headers?: Record<string, string>) =>
    patiently(() => at.ask('PATCH', path, { person }, headers))
  const groupsNow = async () => groupIds((await patiently(() => at.ask('GET', path))).body)
  return { at, groups, path, patch, groupsNow }
}

/** A session with one seat, which somebody has. */
export async function fullSession(at: EventClient): Promise<string> {
  const { session_id: id } = await makeSession(at, { capacity: 1 })
  const { person_id } = await makePerson(at)
  expect((await at.ask('POST', `/sessions/resources/${id}/attendees/${person_id}`)).status).toBe(
    200,
  )
  return id
}

export const agenda = (...sessions: string[]) => ({
  assign_agenda: { sessions: sessions.map((session_id) => ({ session_id })) },
})
