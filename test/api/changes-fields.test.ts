import { beforeAll, expect, test } from 'vitest'
import { call } from '../support/call.ts'
import { changesIn } from '../support/changes.ts'
import type { EventClient } from '../support/factories.ts'
import { followChanges } from '../support/feed.ts'
import { resources, withResource } from '../support/resources.ts'

beforeAll(followChanges)

/** Names of fields anywhere in a body. */
function namesIn(body: unknown): string[] {
  if (typeof body !== 'object' || body === null) return []
  return Object.entries(body).flatMap(([name, value]) => [name, ...namesIn(value)])
}

/** What each has beside the fields that make it: what can be changed alone. */
const more: Record<string, Record<string, unknown>> = {
  event: {
    description: 'All of it',
    language: 'en',
    event_location: { location_name: 'Hall' },
    event_urls: { web: 'https://example.com' },
    event_dates: { start_date: '2028-01-01', end_date: '2028-01-02', time_zone_tz: 'UTC' },
  },
  person: {
    profile: {
      first_name: 'Eve',
      last_name: 'Byron',
      email_address: 'eve@example.com',
      company: 'Engines',
      title: 'Dr',
      about: 'Much',
      social_contacts: { website_url: 'https://example.com' },
    },
    link_docs: ['one'],
  },
  group: { group_color: '#123456', group_note: 'Note' },
  session: {
    session_description: 'More',
    session_format: 'WORKSHOP',
    location: 'Hall',
    capacity: 12,
    external_links: [{ link_name: 'Slides', link_url: 'https://example.com' }],
    session_start_time: '11-00',
    session_end_time: '12-00',
  },
  track: { track_color: '#123456' },
}

/** The same caller in another event. */
const within = (at: EventClient, event: string): EventClient => ({
  ...at,
  ask: (method, path) => call(method, `/events/${event}${path}`, { token: at.token }),
})

test.each(Object.keys(resources))('spells what has changed as answers do: %s', async (name) => {
  const resource = resources[name]
  if (!resource) throw new Error(`no ${name}`)
  const { at, own, collection, send, write } = await withResource(resource)
  const followed = name === 'event' ? within(at, own) : at
  const before = (await changesIn(followed)).at(-1)?.sequence ?? 0
  const external_ids = [{ id_system: 'crm', id: '1' }]
  const put = await write('PUT', { ...resource.fields(2), ...more[name], external_ids })
  expect(put.status, put.text).toBe(200)
  const [change, ...others] = await changesIn(followed, before)
  expect(others).toEqual([])
  expect(change?.object_id).toBe(own)
  const known = new Set([
    ...namesIn((await send('GET', `${collection}/${own}`, {})).body),
    'link_docs',
  ])
  expect(change?.changed).toContain('external_ids')
  expect(change?.changed.length).toBeGreaterThan(Object.keys(more[name] ?? {}).length)
  expect(change?.changed.filter((field) => !known.has(field))).toEqual([])
})
