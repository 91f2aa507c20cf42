import type { Clash } from '#lib/base/clash.ts'
import { shown } from '#lib/base/shown.ts'
import { formatInstant, instantOf, millisOf } from '#lib/base/time.ts'
import type { Interval } from './availability.ts'
import { instantsOf, type Times } from './session-times.ts'

/** When a session takes place, on the clocks of the event's zone. */
export function sessionInterval(session: Times, zone: string): Interval {
  const { start, end } = instantsOf(session, zone)
  return { start: millisOf(start), end: millisOf(end) }
}

/** A time as errors say it, on the clocks of the zone. */
export const spanText = ({ start, end }: Interval, zone: string): string =>
  [start, end].map((at) => formatInstant(instantOf(at), zone)).join(' to ')

/** A clash as errors say it to whoever plans. */
export function clashText({ of, both }: Clash, zone: string): string {
  const [one, other] = both.map((engaged) => {
    const { id, what, name } = engaged
    const thing = what === 'meeting' ? `a meeting (${id})` : `the session “${shown(name)}” (${id})`
    return `${thing} from ${spanText(engaged, zone)}`
  })
  return `${of} has ${one} and ${other}.`
}
