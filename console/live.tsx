import { useEffect, useState } from 'hono/jsx/dom'
import { get } from './api.ts'
import { Shown, Table, textOf, useAnswer } from './parts.tsx'
import type { Change, Event } from './types.ts'

type Changes = { latest: number; changes_list: Change[] }
const kept = 20

/** The event and its numbers; the feed says when to read them again. */
export function Overview() {
  const [turn, setTurn] = useState(0)
  const [changes, setChanges] = useState<Change[]>([])
  const [fault, setFault] = useState('')
  useEffect(() => {
    let open = true
    const follow = async () => {
      const { latest } = await get<Changes>('./changes?after=now')
      let after = Math.max(0, latest - kept)
      while (open) {
        const { changes_list } = await get<Changes>(`./changes?after=${after}&wait=20&limit=100`)
        if (!open || changes_list.length === 0) continue
        after = changes_list.at(-1)?.sequence ?? after
        setChanges((had) => [...changes_list.toReversed(), ...had].slice(0, kept))
        setTurn((had) => had + 1)
      }
    }
    follow().catch((error) => open && setFault(textOf(error)))
    return () => {
      open = false
    }
  }, [])
  const event = useNumbers(turn)
  return (
    <>
      <Shown
        of={event}
        as={(one) => (
          <>
            <h1>{one.name}</h1>
            <p class="soft">
              {one.event_dates.start_date} – {one.event_dates.end_date},{' '}
              {one.event_dates.time_zone_tz}
              {one.event_location.location_name && `, ${one.event_location.location_name}`}
            </p>
            <ul class="cards numbers" aria-live="polite">
              {Object.entries(one.data_counters).map(([name, count]) => (
                <li class="card">
                  <b>{count}</b>
                  <span>{name.replaceAll('_', ' ')}</span>
                </li>
              ))}
            </ul>
          </>
        )}
      />
      <h2>As it happens</h2>
      {fault && <p role="alert">{fault}</p>}
      <Table
        label="The latest changes"
        head={['When', 'What', 'Fields', 'By']}
        empty="Nothing yet."
        rows={changes.map((one) => [
          one.occurred_at.slice(0, 19).replace('T', ' '),
          one.type,
          one.changed.join(', '),
          one.actor?.name ?? '',
        ])}
      />
    </>
  )
}

/** Read anew with each turn; the last numbers stay until the next are there. */
function useNumbers(turn: number): { value?: Event; fault?: string } {
  const [seen, setSeen] = useState<Event | undefined>(undefined)
  const read = useAnswer<Event>('.', turn)
  useEffect(() => {
    if (read.value) setSeen(read.value)
  }, [read.value])
  return seen ? { value: seen } : read
}

type Schedule = { id: number; starts_at: string; ends_at: string; status: string }
type Usage = {
  total: { seconds: number; users: number }
  concurrency: { minute: string; users: number }[]
}

export function Schedules() {
  const schedules = useAnswer<Schedule[]>('./event_schedules')
  return (
    <>
      <h1>Schedules</h1>
      <Shown
        of={schedules}
        as={(all) =>
          all.length === 0 ? (
            <p class="soft">No schedule yet.</p>
          ) : (
            all.map((one) => <Watched of={one} />)
          )
        }
      />
    </>
  )
}

function Watched({ of }: { of: Schedule }) {
  const usage = useAnswer<Usage>(`/event_schedules/${of.id}/usage`)
  return (
    <section>
      <h2>
        {of.starts_at.slice(0, 16).replace('T', ' ')} – {of.ends_at.slice(0, 16).replace('T', ' ')}{' '}
        ({of.status})
      </h2>
      <Shown of={usage} as={(one) => <Curve usage={one} />} />
    </section>
  )
}

function Curve({ usage }: { usage: Usage }) {
  const minutes = usage.concurrency
  const most = Math.max(1, ...minutes.map((one) => one.users))
  const peak = minutes.find((one) => one.users === most)
  const points = minutes.map((one, n) => `${n},${100 - (one.users / most) * 96}`).join(' ')
  const said = `${usage.total.users} people, ${Math.round(usage.total.seconds / 3600)} hours; at most ${most} at once${peak ? `, first at ${peak.minute.slice(11, 16)}` : ''}`
  return (
    <>
      <p>{said}</p>
      <svg
        class="curve"
        viewBox={`0 0 ${Math.max(1, minutes.length)} 100`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`People at once, minute by minute. ${said}`}
      >
        <polyline
          points={points}
          fill="none"
          stroke="currentColor"
          vector-effect="non-scaling-stroke"
        />
      </svg>
    </>
  )
}
