import { freshEvent } from '#test/support/factories.ts'
import type { Measure } from './people.ts'
import { median, processorMs } from './processor.ts'
import { fillPeople } from './sessions.ts'

/**
 * The report of everything that clashes in a large event with full agendas: its processor time in this process, and
 * that it finds as many as trying every pair does.
 */
export async function conflictsBench(sessions = 1_000, people = 20_000): Promise<Measure[]> {
  const at = await freshEvent()
  const made: string[] = []
  for (let from = 0; from < sessions; from += 250) {
    const rows = [...Array(Math.min(250, sessions - from)).keys()].map((n) => sessionOf(from + n))
    const { body } = await at.ask('POST', '/sessions/resources/batch', { rows })
    made.push(...body.rows.map(({ id }: { id: string }) => id))
  }
  const agendaOf = (person: number) => [
    ...new Set([0, 1, 2, 3, 4, 5].map((n) => (person * 7 + n * n * 131) % sessions)),
  ]
  await fillPeople(at, people, (n) => ({
    agenda: Object.fromEntries(
      agendaOf(n).map((session) => [made[session], { attends: true, roles: [] }]),
    ),
  }))
  const read = () => at.ask('GET', '/conflicts?kinds=attendee&limit=20')
  const total = (await read()).body.record_number
  const runs: number[] = []
  for (let run = 0; run < 5; run += 1) runs.push(await processorMs(read))
  const byHand = [...Array(people).keys()].reduce((sum, n) => sum + pairs(agendaOf(n)), 0)
  const of = `${people.toLocaleString('en')} agendas over ${sessions.toLocaleString('en')} sessions`
  return [
    { name: `${of}: clashes missed`, value: Math.abs(byHand - total), limit: 0, unit: 'clashes' },
    { name: `${of}: processor`, value: median(runs), limit: 1_000, unit: 'ms' },
  ]
}

/** A session every quarter of an hour and in many rooms, between 30 and 75 minutes long. */
const minutesOf = (n: number) => ({
  day: n % 5,
  start: 8 * 60 + ((n * 15) % 600),
  length: 30 + (n % 4) * 15,
})

function sessionOf(n: number) {
  const { day, start, length } = minutesOf(n)
  return {
    session_name: `Talk ${n}`,
    session_date: `2027-05-0${1 + day}`,
    session_start_time: clock(start),
    session_end_time: clock(start + length),
  }
}

const clock = (minutes: number): string =>
  [Math.floor(minutes / 60), minutes % 60].map((one) => String(one).padStart(2, '0')).join('-')

function pairs(agenda: number[]): number {
  const times = agenda.map(minutesOf)
  return times.reduce((sum, one, n) => {
    const after = times.slice(n + 1).filter(({ day }) => day === one.day)
    const meets = ({ start, length }: typeof one) =>
      start < one.start + one.length && one.start < start + length
    return sum + after.filter(meets).length
  }, 0)
}
