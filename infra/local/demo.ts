import { withSeededIds } from '#lib/base/ids.ts'
import { type Ask, asking, type DemoEvent } from './demo-calls.ts'
import { seedConference } from './demo-conference.ts'
import { seedDoor } from './demo-door.ts'
import { seedNetworking } from './demo-networking.ts'
import { seedPeople } from './demo-people.ts'
import { seedSchedule } from './demo-schedule.ts'

type Options = { url: string; token: string }

/**
 * Fills the demo event through the API itself, one request after the other and with ids drawn from a fixed
 * seed, so that the README's lines work on every machine. An event that was left half filled is made anew.
 */
export async function seedDemo({ url, token }: Options): Promise<void> {
  const ask = asking(url, token)
  if (await exists(ask, 'demo')) return
  const again = await exists(ask, 'demo-setup')
  if (again) await ask('DELETE', '/events/demo-setup')
  console.log('Filling the demo event…')
  await withSeededIds(again ? `demo ${Date.now()}` : 'demo', () => fill(ask))
}

/** It takes a while on a small machine: somebody waits. */
function progress() {
  const start = performance.now()
  return (what: string) =>
    console.log(`  ${what} (${((performance.now() - start) / 1000).toFixed(1)} s)`)
}

async function fill(ask: Ask): Promise<void> {
  const done = progress()
  const { id } = await ask('POST', '/events', { event })
  const demo: DemoEvent = { ask, path: `/events/${id}`, id: String(id) }
  const conference = await seedConference(demo)
  done('1 of 5: rooms, sessions and tracks')
  const people = await seedPeople(demo, conference)
  done('2 of 5: people, groups and pictures')
  await seedSchedule(demo, people)
  done('3 of 5: schedules')
  await seedNetworking(demo, conference, people)
  done('4 of 5: networking')
  await seedDoor(demo, conference, people)
  done('5 of 5: badges, a waitlist and a day at the doors')
  await ask('PATCH', demo.path, { event: { short_code: 'demo' } })
}

async function exists(ask: Ask, code: string): Promise<boolean> {
  const events = (await ask('GET', '/events?limit=1000')) as unknown as { short_code: string }[]
  return events.some(({ short_code }) => short_code === code)
}

const event = {
  short_code: 'demo-setup',
  name: 'Plenary Demo Congress',
  description: 'A congress that never took place, to try the API on.',
  event_location: { location_name: 'Hall am Strom', location_address: 'Uferweg 1, Köln' },
  event_dates: { start_date: '2027-05-04', end_date: '2027-05-05', time_zone_tz: 'Europe/Berlin' },
  published: true,
  event_urls: { website_url: 'https://congress.example/' },
  external_ids: [{ id_system: 'crm', id: 'demo-congress' }],
}
