import { expect } from 'vitest'
import { everyRoute } from '#functions/every-route.ts'
import type { Kind } from '#lib/base/ids.ts'
import { ofPlain, type PlainKind, plainKinds } from '#lib/base/plain-kinds.ts'
import { call } from './call.ts'
import { type EventClient, freshEvent } from './factories.ts'

type Fields = Record<string, unknown>

/** What can be made, replaced and changed by a body with external ids, and how. */
export type Resource = {
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

/** A body of a plain kind: the example of its route, under a name of its own. */
export function plainFields(kind: PlainKind, name: string): Fields {
  const path = `/events/{event}/${plainKinds[kind].plural}`
  const route = everyRoute.find((one) => one.path === path && one.method === 'post')
  const examples = (route?.example ?? {}) as Record<string, Fields>
  return { ...examples[kind], [`${kind}_name`]: name }
}

export const resources: Record<string, Resource> = {
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
  ...ofPlain<PlainKind, Resource>(
    (kind) => kind,
    (kind) => ({
      wrapper: kind,
      kind,
      path: under(`/${plainKinds[kind].plural}`),
      idField: `${kind}_id`,
      fields: (n) => plainFields(kind, `${kind} ${n}`),
    }),
  ),
}

export const writeMethods = ['POST', 'PUT', 'PATCH'] as const
export type WriteMethod = (typeof writeMethods)[number]

/** An event with one of the resources in it, and a way to try to make another or to change it. */
export async function withResource({ wrapper, path, idField, fields }: Resource) {
  const at: EventClient = await freshEvent()
  const collection = path(at.id)
  const send = (method: string, where: string, body: Fields, headers = {}) =>
    call(method, where, { token: at.token, body: { [wrapper]: body }, headers })
  const make = async (n: number, more: Fields = {}): Promise<string> => {
    const made = await send('POST', collection, { ...fields(n), ...more })
    expect(made.status, made.text).toBe(200)
    return made.body[idField]
  }
  const own = await make(1)
  /** POST makes resource 2, PUT replaces resource 1 and PATCH changes it, each with these fields. */
  const write = (method: WriteMethod, more: Fields, headers = {}) => {
    if (method === 'POST') return send(method, collection, { ...fields(2), ...more }, headers)
    const whole = method === 'PUT' ? { ...fields(1), ...more } : more
    return send(method, `${collection}/${own}`, whole, headers)
  }
  return { at, collection, own, make, write, send }
}
