import { XMLParser } from 'fast-xml-parser'
import { expect, test } from 'vitest'
import { expectError } from '#test/support/errors.ts'
import { freshEvent, makePerson } from '#test/support/factories.ts'
import { makeSession } from '#test/support/sessions.ts'

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  parseTagValue: false,
})
const listOf = <T>(one: T | T[] | undefined): T[] =>
  one === undefined ? [] : ([one].flat() as T[])

async function conference() {
  const at = await freshEvent({ short_code: 'r-x' })
  const ada = await makePerson(at, {
    profile: { first_name: 'Ada & <Eve>', last_name: 'Łovelace' },
  })
  const track = await at.ask('POST', '/sessions/tracks', { track_name: 'R&D "x"' })
  const opening = await makeSession(at, {
    session_name: 'Tom & Jerry <live>',
    session_description: '<p>See <a href="https://example.com/?a=1&amp;b=2">this</a></p>',
    location: 'Großer Saal',
    speakers: [ada.person_id],
    session_tracks: [track.body.track_id],
    external_links: [{ link_name: 'Slides', link_url: 'https://example.com/s?x=1&y=2' }],
  })
  const night = await makeSession(at, { session_start_time: '23-30', session_end_time: '01-00' })
  return { at, opening, night }
}

test('the programme is there as schedule apps read it, the same in JSON and XML', async () => {
  const { at, opening, night } = await conference()
  const json = await at.ask('GET', '/sessions/schedule.json')
  const { conference: c, version } = json.body.schedule
  expect(c).toMatchObject({
    title: 'Rhine Conference',
    daysCount: 2,
    time_zone_name: 'Europe/Berlin',
  })
  expect(c.acronym).toMatch(/^[a-z0-9_-][a-z0-9_]{3,}$/)
  const [event] = c.days[0].rooms['Großer Saal']
  expect(event).toMatchObject({
    title: 'Tom & Jerry <live>',
    track: 'R&D "x"',
    persons: [{ name: 'Ada & <Eve> Łovelace' }],
    links: [{ title: 'Slides', url: 'https://example.com/s?x=1&y=2' }],
  })
  expect(event.description).toContain('https://example.com/?a=1&b=2')
  const late = Object.values<{ title: string; duration: string }[]>(c.days[0].rooms)
    .flat()
    .find(({ title }) => title === night.session_name)
  expect(late?.duration).toBe('01:30')

  const xml = await at.ask('GET', '/sessions/schedule.xml')
  expect(xml.headers['content-type']).toBe('application/xml; charset=utf-8')
  const { schedule } = parser.parse(xml.text)
  expect(schedule.version).not.toBe(version)
  const room = listOf(schedule.day[0].room).find((one) => one['@name'] === 'Großer Saal')
  expect(room.event).toMatchObject({
    '@guid': event.guid,
    '@id': String(event.id),
    date: event.date,
    duration: event.duration,
    title: event.title,
    track: event.track,
    description: event.description,
    persons: { person: { '#text': 'Ada & <Eve> Łovelace' } },
  })
  expect(opening.session_name).toBe(event.title)
})

test('guids stay, and nothing is sent again to whoever has it', async () => {
  const { at, opening } = await conference()
  const path = '/sessions/schedule.xml'
  const first = await at.ask('GET', path)
  const etag = first.headers.etag ?? ''
  expect((await at.ask('GET', path, undefined, { 'if-none-match': etag })).status).toBe(304)
  await at.ask('PATCH', `/sessions/resources/${opening.session_id}`, { session_name: 'Renamed' })
  const second = await at.ask('GET', path, undefined, { 'if-none-match': etag })
  expect(second.status).toBe(200)
  const guids = ({ text }: { text: string }) =>
    [...text.matchAll(/event guid="([^"]+)"/g)].map(([, id]) => id).sort()
  expect(guids(second)).toEqual(guids(first))
  expect(guids(first)).toHaveLength(2)
})

test('a feed of the event opens it, one of a person does not', async () => {
  const at = await freshEvent()
  const { person_id: person } = await makePerson(at)
  const feed = async (body?: object) =>
    (await at.ask('POST', '/sessions/feeds', body)).body.url as string
  const query = (url: string) => url.slice(url.indexOf('?'))
  const { call } = await import('#test/support/call.ts')
  const path = `/events/${at.id}/sessions/schedule.json`
  const empty = await call('GET', path + query(await feed()))
  expect(empty.body.schedule.conference.days).toHaveLength(2)
  expectError(await call('GET', path + query(await feed({ person }))), 'event_not_found')
})
