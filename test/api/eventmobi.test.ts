import { beforeAll, describe, expect, test } from 'vitest'
import { everyRoute } from '#functions/every-route.ts'
import { call } from '#test/support/call.ts'
import { photo } from '#test/support/photos.ts'
import { type Ids, type World, world } from '#test/support/security.ts'
import { lacks, publishedShapes, type Shape, type Shapes } from '#test/support/swagger.ts'
import table from './eventmobi-shapes.json' with { type: 'json' }

const shapes: Shapes = JSON.parse(JSON.stringify(table))
const anonymous = (path: string) => path.replaceAll(/\{\w+\}/g, '{}')
const ours = new Set(
  everyRoute.map(({ method, path }) => `${method.toUpperCase()} ${anonymous(path)}`),
)
const isOurs = (operation: string) => ours.has(anonymous(operation))

// What is made comes first, what is read sees all of it, and what is taken apart goes from the leaves inwards.
const methods = ['POST', 'PUT', 'PATCH', 'GET', 'DELETE']
const order = (operation: string) => {
  const [method = '', path = ''] = operation.split(' ')
  const depth = method === 'DELETE' ? 99 - path.split('/').length : 0
  return methods.indexOf(method) * 100 + depth
}
const operations = Object.entries(shapes.answers)
  .sort(([a], [b]) => order(a) - order(b))
  .filter(([operation]) => isOurs(operation))

let here: World
let ids: Ids
beforeAll(async () => {
  here = await world()
  const { own } = here
  ids = {
    event_id: own.event ?? '',
    person_id: own.person ?? '',
    group_id: own.group ?? '',
    session_id: own.session ?? '',
    track_id: own.track ?? '',
    resource_id: own.resource_id ?? '',
  }
})

test('keeps the published document in its table, field by field', ({ skip }) => {
  const published = publishedShapes()
  if (!published) return skip('no copy of the document beside the project')
  expect(shapes).toEqual(published)
})

test('has every path and method of the document', () => {
  expect(Object.keys(shapes.answers).filter((operation) => !isOurs(operation))).toEqual([])
})

describe('answers every field of the document', () => {
  test.each(operations)('%s', async (operation, shape: Shape | null) => {
    const [method = '', template = ''] = operation.split(' ')
    const path = template
      .replace('/attendees/{person_id}', `/attendees/${here.own.otherPerson}`)
      .replaceAll(/\{(\w+)\}/g, (_, name: string) => ids[name] ?? '')
    const reply = await call(method, path, {
      token: here.tokens.super_admin,
      ...(await sent(operation)),
    })
    expect(reply.status, reply.text).toBe(200)
    if (shape === null) return expect(reply.text).toBe('')
    expect(lacks(reply.body, shape, shapes)).toEqual([])
  })
})

async function sent(
  operation: string,
): Promise<{ body?: unknown; headers?: Record<string, string> }> {
  const [method = '', path = ''] = operation.split(' ')
  const last =
    path
      .replace(/\/\{\w+\}$/, '')
      .split('/')
      .at(-1) ?? ''
  if (method !== 'POST' && method !== 'PUT' && method !== 'PATCH') return {}
  if (last === 'pictures') {
    const body = await photo({ width: 24, height: 24 })
    return { body, headers: { 'content-type': 'image/jpeg' } }
  }
  if (/\/groups\/\{|\/attendees\/\{/.test(path)) return {}
  if (path.includes('/people/groups')) return { body: { group: group() } }
  if (path.includes('/people/resources/{person_id}/sessions'))
    return { body: { session: agenda() } }
  if (path.includes('/people/')) return { body: { person: person(method) } }
  if (last === 'tracks') return { body: { track: track() } }
  return { body: { session: session(method) } }
}

const external = (id: string) => [{ id_system: 'crm', id }]
const agenda = () => ({ sessions: [{ session_id: ids.session_id, session_roles: [] }] })
const group = () => ({
  group_name: 'Speakers of the day',
  group_color: '#336699',
  group_note: 'Front row',
  group_members: [{ member_id: ids.person_id }],
})
const track = () => ({
  external_ids: external('t1'),
  track_name: 'Science',
  track_color: '#336699',
})

const person = (method: string) => ({
  external_ids: external(method),
  profile: {
    first_name: 'Grace',
    last_name: 'Hopper',
    email_address: `grace-${method}@example.com`,
    company: 'Navy',
    title: 'Admiral',
    about: 'Finds bugs',
    social_contacts: { website_url: 'https://example.com/grace' },
  },
  custom_fields_meta: { [here.own.peopleField ?? '']: 'M' },
  link_docs: [['programme']],
})

const session = (method: string) => ({
  external_ids: external(method),
  session_name: 'Compilers',
  session_description: '<p>How they came about</p>',
  session_date: '2027-05-04',
  session_start_time: '11-00',
  session_end_time: '12-00',
  session_tracks: [ids.track_id],
  external_links: [{ link_name: 'Slides', link_url: 'https://example.com/slides' }],
  session_roles: [{ session_role_id: 'rol_speaker', people_list: [here.own.otherPerson] }],
})
