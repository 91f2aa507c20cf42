import { instantOf, nowMillis } from '#lib/base/time.ts'
import type { Answer, DemoEvent } from './demo-calls.ts'
import type { DemoPerson } from './demo-people.ts'

const users = 24

/** A schedule that is live for a week from the day before seeding, two access groups with users, and that day's usage logs. */
export async function seedSchedule({ ask, path }: DemoEvent, people: DemoPerson[]): Promise<void> {
  const dayFrom = (days: number) => instantOf(nowMillis() + days * 24 * 3_600_000).slice(0, 10)
  const day = dayFrom(-1)
  const schedule = await ask('POST', `${path}/event_schedules`, {
    starts_at: `${day}T08:00:00Z`,
    ends_at: `${dayFrom(6)}T18:00:00Z`,
    status: 'Active',
    on_demand_url: 'https://stream.congress.example/',
  })
  const groups: Answer[] = []
  for (const [name, isText] of [
    ['Stream', false],
    ['Stream and captions', true],
  ] as const) {
    groups.push(await ask('POST', `${path}/groups`, { name, is_video: true, is_text: isText }))
  }
  for (let n = 0; n < users; n += 1) {
    const group = groups[n % groups.length]
    const joined = await ask('POST', `${path}/groups/${group?.access_key}`, {
      email: people[n]?.email,
    })
    const user = joined.eventGroupUser as { id: number }
    for (const log of presences(n, day)) {
      const body = { event_group_user_id: user.id, ...log }
      await ask('POST', `/event_schedules/${schedule.guid}/logs`, body)
    }
  }
}

/** When somebody watched: a morning that starts later for each, and an afternoon for two in three. */
function presences(n: number, day: string) {
  const at = (hour: number, minute: number) =>
    `${day}T${String(hour).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}:00.000Z`
  const morning = { time_in: at(9, n * 2), time_out: at(11, 10 + n) }
  const afternoon = { time_in: at(14, n), time_out: at(16, 59 - n) }
  return n % 3 === 0 ? [morning] : [morning, afternoon]
}
