import { useEffect, useRef, useState } from 'hono/jsx/dom'
import { Face, Shown, useAnswer } from './parts.tsx'
import { nameOf } from './person.tsx'
import type { Person } from './types.ts'

type Found = { record_number: number; people_list: Person[] }
const page = 30

export function People() {
  const [q, setQ] = useState('')
  const [offset, setOffset] = useState(0)
  const waiting = useRef(0)
  const find = (typed: string) => {
    window.clearTimeout(waiting.current)
    waiting.current = window.setTimeout(() => {
      setQ(typed.trim())
      setOffset(0)
    }, 250)
  }
  useEffect(() => () => window.clearTimeout(waiting.current), [])
  const asked = q ? `&q=${encodeURIComponent(q)}` : ''
  const found = useAnswer<Found>(`./people/resources?limit=${page}&offset=${offset}${asked}`)
  return (
    <>
      <h1>People</h1>
      <label class="field">
        Find by the beginnings of words
        <input
          type="search"
          onInput={(event: InputEvent) =>
            event.target instanceof HTMLInputElement && find(event.target.value)
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
