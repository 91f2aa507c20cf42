import { spread } from '#lib/table/seat-modes.ts'
import { type Row, rowsMentioning } from './scan.ts'

/** What rows of a session say of its seats: how many are taken of the capacity, and by how many holds of jobs. */
export function seatsIn(rows: Row[], session: string, capacity: number | undefined) {
  const of = (part: string) => rows.filter(({ pk }) => pk.endsWith(`#${part}#${session}`))
  const buckets = of('SA').filter(({ cp }) => cp !== undefined)
  const item = of('SE').find(({ sk }) => sk === '-')
  const held = of('SE').filter(({ sk }) => sk.startsWith('H#')).length
  if (buckets.some(({ cp }) => cp === spread)) {
    const free = buckets.reduce((sum, { fr }) => sum + Number(fr), 0)
    const isWhole = !item && buckets.every(({ cp, fr }) => cp === spread && Number(fr) >= 0)
    return { taken: (capacity ?? 0) - free, capacity, held, isWhole }
  }
  const isWhole = !item === (buckets.length === 0) && buckets.every(({ fr }) => fr === undefined)
  return { taken: Number(item?.ct ?? 0), capacity: item?.cap as number | undefined, held, isWhole }
}

/** Seats taken in all of these sessions of a capacity, and how many of them some job still holds. */
export async function seatsOf(sessions: string[], capacity: number | undefined) {
  const rows = await rowsMentioning('#S')
  const all = sessions.map((session) => seatsIn(rows, session, capacity))
  const sum = (of: 'taken' | 'held') => all.reduce((total, one) => total + one[of], 0)
  return { taken: sum('taken'), held: sum('held') }
}
