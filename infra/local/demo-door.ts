import { instantOf, nowMillis } from '#lib/base/time.ts'
import { type DemoEvent, pick } from './demo-calls.ts'
import type { Conference } from './demo-conference.ts'
import type { DemoPerson } from './demo-people.ts'

const minute = 60_000
const guests = 90

/**
 * A full session that people wait for, badges, and a day at the doors up to now: most came in the morning, some went out
 * for lunch, some have left, and one keynote was counted at its own door.
 */
export async function seedDoor(
  { ask, path }: DemoEvent,
  { sessions }: Conference,
  people: DemoPerson[],
): Promise<void> {
  const workshop = sessions[13] ?? ''
  await ask('PATCH', `${path}/sessions/resources/${workshop}`, {
    session: { capacity: 8, waitlist: true },
  })
  for (const { id } of people.slice(0, 12)) {
    await ask('POST', `${path}/sessions/resources/${workshop}/attendees/${id}?waitlist=true`)
  }
  const codes: string[] = []
  for (const { id } of people.slice(0, guests)) {
    const { code } = await ask('POST', `${path}/people/resources/${id}/badge`)
    codes.push(String(code))
  }
  const start = nowMillis() - 9 * 60 * minute
  const at = (minutes: number) => instantOf(start + minutes * minute)
  const rows = codes.flatMap((code, n) => {
    const came = 10 + ((n * 7) % 80)
    const scan = (type: string, minutes: number, session?: string) => ({
      code,
      type,
      scanned_at: at(minutes),
      nonce: `demo-${n}-${minutes}`,
      device: pick(['North door', 'South door'], n),
      ...(session && { session }),
    })
    return [
      scan('entry', came),
      ...(n % 3 === 0 ? [scan('exit', 240 + (n % 20)), scan('entry', 290 + (n % 25))] : []),
      ...(n % 4 === 1 ? [scan('exit', 400 + n)] : []),
      ...(n % 2 === 0 ? [scan('entry', 95 + (n % 9), sessions[0])] : []),
    ]
  })
  await ask('POST', `${path}/checkins/batch`, { rows })
}
