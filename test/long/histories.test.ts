import { describe, expect, test } from 'vitest'
import { contend } from '#test/support/contention.ts'
import {
  type EventClient,
  freshEvent,
  inTurns,
  makeGroup,
  makePerson,
} from '#test/support/factories.ts'
import { documents } from '#test/support/histories/documents.ts'
import { play } from '#test/support/histories/play.ts'
import { isLinearizable, type Operation, told } from '#test/support/histories/register.ts'
import { numbers } from '#test/support/numbers.ts'
import { makeSession } from '#test/support/sessions.ts'

// More: HISTORIES=500 HISTORIES_SEED=1 npm test -- --project long histories
const histories = Number(process.env.HISTORIES ?? 8)
const seed = Number(process.env.HISTORIES_SEED ?? 1)

describe('who judges histories', () => {
  const at = (sent: number, answered: number) => ({ client: 0, sent, answered })
  const write = (value: string, sent: number, answered: number): Operation => ({
    ...at(sent, answered),
    kind: 'write',
    value,
    outcome: 'done',
  })
  const read = (value: string, sent: number, answered: number): Operation => ({
    ...at(sent, answered),
    kind: 'read',
    value,
  })
  const over = (expected: string, one: Operation) => ({ ...one, expected }) as Operation

  test.each<[string, Operation[]]>([
    [
      'reads that see a write while it is under way, or not',
      [write('a', 0, 9), read('-', 1, 2), read('a', 3, 4)],
    ],
    [
      'writes at once that are read in any order',
      [write('a', 0, 9), write('b', 0, 9), read('a', 10, 11)],
    ],
    [
      'one of two who write over the same',
      [
        over('-', write('a', 0, 9)),
        { ...over('-', write('b', 0, 9)), outcome: 'refused' } as Operation,
      ],
    ],
    [
      'a write that perhaps was carried out',
      [{ ...write('a', 0, 1), outcome: 'maybe' } as Operation, read('a', 8, 9)],
    ],
  ])('takes %s', (_, history) => expect(isLinearizable('-', history)).toBe(true))

  test.each<[string, Operation[]]>([
    [
      'a read of what was before, behind the answer to a write',
      [write('a', 0, 1), read('-', 2, 3)],
    ],
    ['a read that goes back', [write('a', 0, 9), read('a', 1, 2), read('-', 3, 4)]],
    [
      'two who both write over the same',
      [over('-', write('a', 0, 9)), over('-', write('b', 0, 9))],
    ],
    [
      'a refusal for what is there',
      [{ ...over('-', write('a', 0, 1)), outcome: 'refused' } as Operation],
    ],
    ['a lost write', [write('a', 0, 1), write('b', 2, 3), read('a', 4, 5)]],
  ])('refuses %s', (_, history) => expect(isLinearizable('-', history)).toBe(false))
})

test.each(Object.entries(documents))(
  'reads and writes of one %s by sixteen at once happen one after the other',
  async (name, kind) => {
    const contention = contend(2)
    try {
      const at = await freshEvent()
      const mine = Math.ceil(histories / Object.keys(documents).length)
      for (let n = 0; n < mine; n += 1) {
        const { initial, operations } = await play(at, kind, {
          seed: seed * 10_000 + n,
          clients: 16,
          each: 3,
        })
        expect(isLinearizable(initial, operations), `${name} ${n}\n${told(operations)}`).toBe(true)
        const writes = operations.filter(({ kind }) => kind === 'write').length
        expect(writes).toBeGreaterThan(8)
        const [one] = operations
        const beside = operations.filter(
          ({ client, sent, answered }) =>
            one && client !== one.client && sent < one.answered && one.sent < answered,
        )
        expect(beside.length).toBeGreaterThan(0)
      }
    } finally {
      contention.end()
    }
  },
  600_000,
)

type Walk = {
  list: string
  idField: string
  make: (at: EventClient) => Promise<string>
  remove: (id: string) => string
}
const walks: Record<string, (at: EventClient) => Promise<Walk>> = {
  people: async () => ({
    list: '/people/resources',
    idField: 'person_id',
    make: async (at) => (await makePerson(at)).person_id,
    remove: (id) => `/people/resources/${id}`,
  }),
  groups: async () => {
    let n = 0
    return {
      list: '/people/groups',
      idField: 'group_id',
      make: async (at) => (await makeGroup(at, `Group ${n++}`)).group_id,
      remove: (id) => `/people/groups/${id}`,
    }
  },
  sessions: async () => ({
    list: '/sessions/resources',
    idField: 'session_id',
    make: async (at) => (await makeSession(at)).session_id,
    remove: (id) => `/sessions/resources/${id}`,
  }),
  members: async (at) => {
    const { group_id } = await makeGroup(at, 'Crew')
    return {
      list: `/people/groups/${group_id}/members`,
      idField: 'person_id',
      make: async () => (await makePerson(at, { assign_groups: [group_id] })).person_id,
      remove: (id) => `/people/resources/${id}/groups/${group_id}`,
    }
  },
  attendees: async (at) => {
    const { session_id } = await makeSession(at)
    const list = `/sessions/resources/${session_id}/attendees`
    const assign_agenda = { sessions: [{ session_id }] }
    return {
      list,
      idField: 'person_id',
      make: async () => (await makePerson(at, { assign_agenda })).person_id,
      remove: (id) => `${list}/${id}`,
    }
  },
}

test.each(Object.entries(walks))(
  'a walk by cursor through %s sees whoever is there all the while exactly once',
  async (_, begin) => {
    const at = await freshEvent()
    const walk = await begin(at)
    const [standing, coming] = [
      await inTurns([...Array(60).keys()], () => walk.make(at)),
      await inTurns([...Array(30).keys()], () => walk.make(at)),
    ]
    let isOver = false
    const writer = async (lane: number) => {
      const random = numbers(seed * 100 + lane)
      while (!isOver) {
        if (random() < 0.5 || coming.length === 0) coming.push(await walk.make(at))
        else {
          const [gone = ''] = coming.splice(Math.floor(random() * coming.length), 1)
          const answer = await at.ask('DELETE', walk.remove(gone))
          expect(answer.status, answer.text).toBe(200)
        }
      }
    }
    const walker = async (lane: number) => {
      for (let n = 0; n < Math.max(2, histories / 25); n += 1) {
        const seen = await walked(at, walk, 3 + ((lane + n) % 7))
        expect(new Set(seen).size).toBe(seen.length)
        expect(standing.filter((id) => !seen.includes(id))).toEqual([])
      }
    }
    const writing = Promise.all([0, 1, 2, 3].map(writer))
    await Promise.all([0, 1, 2].map(walker)).finally(() => {
      isOver = true
    })
    await writing
  },
  600_000,
)

/** Ids in the order in which pages of a size show them. */
async function walked(at: EventClient, { list, idField }: Walk, limit: number): Promise<string[]> {
  const seen: string[] = []
  for (let cursor = ''; ; ) {
    const answer = await at.ask('GET', `${list}?limit=${limit}${cursor}`)
    expect(answer.status, answer.text).toBe(200)
    const rows = Array.isArray(answer.body)
      ? answer.body
      : (Object.values(answer.body).find(Array.isArray) ?? [])
    seen.push(...rows.map((row: Record<string, string>) => row[idField] ?? ''))
    const next = /[?&]cursor=([^&>]+)/.exec(answer.headers.link ?? '')?.[1]
    if (next === undefined) return seen
    cursor = `&cursor=${next}`
  }
}
