import { useEffect, useState } from 'hono/jsx/dom'
import { Face, Shown, Table, useAnswer } from './parts.tsx'
import type { Person, Session } from './types.ts'

type Found = { record_number: number; people_list: Person[] }
const page = 30

const nameOf = ({ profile }: Person): string =>
  `${profile.first_name} ${profile.last_name}`.trim() || profile.email_address

export function People() {
  const [typed, setTyped] = useState('')
  const [q, setQ] = useState('')
  const [offset, setOffset] = useState(0)
  useEffect(() => {
    const waiting = setTimeout(() => {
      setQ(typed.trim())
      setOffset(0)
    }, 250)
    return () => clearTimeout(waiting)
  }, [typed])
  const asked = q ? `&q=${encodeURIComponent(q)}` : ''
  const found = useAnswer<Found>(`./people/resources?limit=${page}&offset=${offset}${asked}`)
  return (
    <>
      <h1>People</h1>
      <label class="field">
        Find by the beginnings of words
        <input
          type="search"
          value={typed}
          onInput={(event: InputEvent) =>
            event.target instanceof HTMLInputElement && setTyped(event.target.value)
          }
        />
      </label>
      <Shown
        of={found}
        as={({ record_number, people_list }) => (
          <>
            <p role="status" class="soft">
              {record_number} people
            </p>
            <ul class="cards">
              {people_list.map((person) => (
                <li>
                  <a class="card person" href={`#/people/${person.person_id}`}>
                    <Face url={person.profile.picture_url} />
                    <span>
                      <b>{nameOf(person)}</b>
                      <span class="soft">
                        {[person.profile.title, person.profile.company].filter(Boolean).join(', ')}
                      </span>
                    </span>
                  </a>
                </li>
              ))}
            </ul>
            <p class="row">
              <button
                type="button"
                disabled={offset === 0}
                onClick={() => setOffset(offset - page)}
              >
                Back
              </button>
              <button
                type="button"
                disabled={offset + page >= record_number}
                onClick={() => setOffset(offset + page)}
              >
                Next
              </button>
            </p>
          </>
        )}
      />
    </>
  )
}

export function OnePerson({ id }: { id: string }) {
  const person = useAnswer<Person>(`./people/resources/${id}`)
  return <Shown of={person} as={(one) => <Everything person={one} />} />
}

const plain = ([, value]: [string, unknown]): boolean => typeof value === 'string' && value !== ''

function Everything({ person }: { person: Person }) {
  const ids = person.agenda.sessions.map(({ session_id }) => session_id).slice(0, 100)
  const sessions = useAnswer<{ session_list: Session[] }>(
    `./sessions/resources?limit=100&ids=${ids.join() || 'none'}`,
  )
  const roles = new Map(person.agenda.sessions.map((one) => [one.session_id, one.session_roles]))
  const facts = Object.entries(person.profile).filter(plain)
  return (
    <>
      <p>
        <a href="#/people">People</a>
      </p>
      <header class="person">
        <Face url={person.profile.picture_url} />
        <h1>{nameOf(person)}</h1>
      </header>
      <dl>
        {facts
          .filter(([name]) => name !== 'picture_url')
          .map(([name, value]) => (
            <>
              <dt>{name.replaceAll('_', ' ')}</dt>
              <dd>{String(value)}</dd>
            </>
          ))}
        <dt>groups</dt>
        <dd>{person.groups.map((one) => one.group_name).join(', ') || 'none'}</dd>
        <dt>ids</dt>
        <dd>{person.external_ids.map((one) => `${one.id_system}: ${one.id}`).join(', ')}</dd>
        <dt>last change</dt>
        <dd>{person.timestamps.update_datetime}</dd>
      </dl>
      <h2>Sessions</h2>
      <Shown
        of={sessions}
        as={({ session_list }) => (
          <Table
            label="Sessions of this person"
            head={['When', 'Session', 'As']}
            empty="No sessions yet."
            rows={session_list.map((one) => [
              `${one.session_date} ${one.session_start_time.replace('-', ':')}`,
              <a href={`#/sessions/${one.session_id}`}>{one.session_name}</a>,
              (roles.get(one.session_id) ?? [])
                .map((role) => role.replace('rol_', ''))
                .join(', ') || 'attendee',
            ])}
          />
        )}
      />
    </>
  )
}
