import { useState } from 'hono/jsx/dom'
import { ask, get } from './api.ts'
import { Camera } from './camera.tsx'
import { Face, fieldOf, Shown, Table, textOf, useAnswer } from './parts.tsx'
import type { Person, Session } from './types.ts'

type Short = { person_id: string; first_name: string; last_name: string; picture_url: string }
type Scan = { status: string; reason: string | null; person: Short | null; scanned_at: string }
type Status = { event?: { inside: number; entries: number; people: number } }

/** Check-in by camera or typing: a code that a scanner types ends with Enter, a name is found first. */
export function Door() {
  const [scans, setScans] = useState<Scan[]>([])
  const [found, setFound] = useState<Person[]>([])
  const [fault, setFault] = useState('')
  const [session, setSession] = useState('')
  const [type, setType] = useState('entry')
  const sessions = useAnswer<{ session_list: Session[] }>('./sessions/resources?limit=1000')
  const scan = async (who: { code: string } | { person: string }) => {
    const body = { ...who, type, nonce: crypto.randomUUID(), ...(session && { session }) }
    const done = await ask<Scan>('POST', './checkins', body)
    setScans((had) => [done, ...had].slice(0, 12))
    setFound([])
  }
  const sent = async (event: globalThis.Event) => {
    event.preventDefault()
    const form = event.target
    const typed = fieldOf(form, 'who')
    setFault('')
    try {
      const path = `./people/resources?limit=8&q=${encodeURIComponent(typed)}`
      const { people_list } = /^\S{20,}$/.test(typed)
        ? { people_list: [] }
        : await get<{ people_list: Person[] }>(path)
      if (people_list.length > 0) setFound(people_list)
      else await scan({ code: typed })
      if (form instanceof HTMLFormElement) form.reset()
    } catch (error) {
      setFault(textOf(error))
    }
  }
  const status = useAnswer<Status>('./checkins/status', scans.length)
  return (
    <>
      <h1>Check-in</h1>
      <Shown
        of={status}
        as={({ event }) => (
          <p role="status">{event ? `${event.inside} inside now, ${event.entries} entries` : ''}</p>
        )}
      />
      <form onSubmit={sent}>
        <label class="field">
          Name, or the code of a badge
          <input name="who" required autocomplete="off" />
        </label>
        <label class="field">
          Where
          <select onChange={(event: globalThis.Event) => setSession(chosenIn(event))}>
            <option value="">The event's entrance</option>
            {(sessions.value?.session_list ?? []).map((one) => (
              <option value={one.session_id}>{one.session_name}</option>
            ))}
          </select>
        </label>
        <label class="field">
          Way
          <select onChange={(event: globalThis.Event) => setType(chosenIn(event))}>
            <option value="entry">In</option>
            <option value="exit">Out</option>
          </select>
        </label>
        <button type="submit">Check</button>
      </form>
      <Camera onCode={(code) => scan({ code }).catch((error) => setFault(textOf(error)))} />
      {fault && <p role="alert">{fault}</p>}
      <ul class="cards">
        {found.map((one) => (
          <li>
            <button
              type="button"
              class="card person"
              onClick={() =>
                scan({ person: one.person_id }).catch((error) => setFault(textOf(error)))
              }
            >
              <Face url={one.profile.picture_url} />
              <b>
                {one.profile.first_name} {one.profile.last_name}
              </b>
            </button>
          </li>
        ))}
      </ul>
      <ul class="cards" aria-live="assertive">
        {scans.map((one) => (
          <li class={`card person ${one.status === 'ok' ? 'good' : 'warn'}`}>
            <Face url={one.person?.picture_url ?? ''} />
            <span>
              <b>{one.person ? `${one.person.first_name} ${one.person.last_name}` : 'Unknown'}</b>
              <span>
                {one.status === 'ok' ? 'Checked' : `Denied: ${one.reason?.replaceAll('_', ' ')}`}
              </span>
            </span>
          </li>
        ))}
      </ul>
    </>
  )
}

const chosenIn = ({ target }: globalThis.Event): string =>
  target instanceof HTMLSelectElement ? target.value : ''

type Meeting = { sessionId: string; title: string; startTime: string }
type Round = { round: number; pairs: string[][]; unmatched: string[] }

export function Networking() {
  const meetings = useAnswer<Meeting[]>('./networking/sessions')
  return (
    <>
      <h1>Networking</h1>
      <Shown
        of={meetings}
        as={(all) =>
          all.length === 0 ? (
            <p class="soft">No networking session to come.</p>
          ) : (
            all.map((one) => <Pairs of={one} />)
          )
        }
      />
    </>
  )
}

function Pairs({ of }: { of: Meeting }) {
  const [round, setRound] = useState<Round | undefined>(undefined)
  const [names, setNames] = useState<Map<string, string>>(new Map())
  const [fault, setFault] = useState('')
  const hold = async () => {
    const held = await ask<Round>('POST', `./networking/sessions/${of.sessionId}/rounds`, {})
    const ids = [...held.pairs.flat(), ...held.unmatched].slice(0, 100)
    const { people_list } = await get<{ people_list: Person[] }>(
      `./people/resources?limit=100&ids=${ids.join() || 'none'}`,
    )
    setNames(
      new Map(
        people_list.map((one) => [
          one.person_id,
          `${one.profile.first_name} ${one.profile.last_name}`,
        ]),
      ),
    )
    setRound(held)
  }
  const named = (id: string) => <a href={`#/people/${id}`}>{names.get(id) ?? id}</a>
  return (
    <section>
      <h2>{of.title}</h2>
      <p class="soft">{of.startTime.slice(0, 16).replace('T', ' ')}</p>
      <button type="button" onClick={() => hold().catch((error) => setFault(textOf(error)))}>
        Pair all who are ready
      </button>
      {fault && <p role="alert">{fault}</p>}
      {round && (
        <>
          <p role="status">
            Round {round.round}: {round.pairs.length} pairs, {round.unmatched.length} without one.
          </p>
          <Table
            label={`Pairs of round ${round.round}`}
            head={['One', 'Other']}
            empty="Nobody was ready for another."
            rows={round.pairs.map(([a = '', b = '']) => [named(a), named(b)])}
          />
        </>
      )}
    </section>
  )
}
