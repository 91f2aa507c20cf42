import { expect } from 'vitest'
import { codeOf, type ErrorName } from '#lib/base/errors.ts'
import type { Kind } from '#lib/base/ids.ts'
import { call, type Reply } from './call.ts'
import { type Asking, freshEvent } from './make.ts'

type Fields = Record<string, unknown>

/** What can be made, replaced and changed by a body with external ids, and how. */
export type Thing = {
  wrapper: string
  kind: Kind
  /** Below /api/v2, with `{event}`. */
  path: (event: string) => string
  idField: string
  /** A body that no other number's body collides with. */
  fields: (n: number) => Fields
}

const under = (path: string) => (event: string) => `/events/${event}${path}`
const field = { wrapper: 'custom_field', kind: 'field', idField: 'custom_field_id' } as const
const fieldFields = (n: number) => ({ field_name: `Field ${n}` })

export const things: Record<string, Thing> = {
  event: {
    wrapper: 'event',
    kind: 'event',
    path: () => '/events',
    idField: 'id',
    fields: (n) => ({ name: `Event ${n}` }),
  },
  person: {
    wrapper: 'person',
    kind: 'person',
    path: under('/people/resources'),
    idField: 'person_id',
    fields: (n) => ({ profile: { first_name: `Ada ${n}` } }),
  },
  group: {
    wrapper: 'group',
    kind: 'group',
    path: under('/people/groups'),
    idField: 'group_id',
    fields: (n) => ({ group_name: `Group ${n}` }),
  },
  session: {
    wrapper: 'session',
    kind: 'session',
    path: under('/sessions/resources'),
    idField: 'session_id',
    fields: (n) => ({
      session_name: `Session ${n}`,
      session_date: '2027-05-04',
      session_start_time: '09-00',
      session_end_time: '10-00',
    }),
  },
  track: {
    wrapper: 'track',
    kind: 'track',
    path: under('/sessions/tracks'),
    idField: 'track_id',
    fields: (n) => ({ track_name: `Track ${n}` }),
  },
  'custom field of people': { ...field, path: under('/people/custom_fields'), fields: fieldFields },
  'custom field of sessions': {
    ...field,
    path: under('/sessions/custom_fields'),
    fields: fieldFields,
  },
}

export const doors = ['POST', 'PUT', 'PATCH'] as const
export type Door = (typeof doors)[number]

/** An event with one of the things in it, and a way to try to make another or to change it. */
export async function shop({ wrapper, path, idField, fields }: Thing) {
  const at: Asking = await freshEvent()
  const collection = path(at.id)
  const send = (method: string, where: string, body: Fields, headers = {}) =>
    call(method, where, { token: at.token, body: { [wrapper]: body }, headers })
  const make = async (n: number, more: Fields = {}): Promise<string> => {
    const made = await send('POST', collection, { ...fields(n), ...more })
    expect(made.status, made.text).toBe(200)
    return made.body[idField]
  }
  const own = await make(1)
  /** POST makes thing 2, PUT replaces thing 1 and PATCH changes it, each with these fields. */
  const knock = (door: Door, more: Fields, headers = {}) => {
    if (door === 'POST') return send(door, collection, { ...fields(2), ...more }, headers)
    const whole = door === 'PUT' ? { ...fields(1), ...more } : more
    return send(door, `${collection}/${own}`, whole, headers)
  }
  return { at, collection, own, make, knock, send }
}

/** The answer is this error and names this field, wherever the client wrapped it. */
export function expectRefusal(reply: Reply, name: ErrorName, field?: string): void {
  expect(reply.body.code, reply.text).toBe(codeOf(name))
  if (field !== undefined) expect(reply.body.fields).toBe(field)
}
