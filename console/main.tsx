import type { Child } from 'hono/jsx'
import { render, useEffect, useState } from 'hono/jsx/dom'
import { get, openEvent, useToken } from './api.ts'
import { Door, Networking } from './desk.tsx'
import { Overview, Schedules } from './live.tsx'
import { Import, Webhooks } from './moves.tsx'
import { fieldOf, textOf } from './parts.tsx'
import { People } from './people.tsx'
import { OnePerson } from './person.tsx'
import { Grid, OneSession } from './sessions.tsx'
import type { Event } from './types.ts'

const views: { path: string; name: string; show: (id: string) => Child }[] = [
  { path: '', name: 'Overview', show: () => <Overview /> },
  { path: 'people', name: 'People', show: (id) => (id ? <OnePerson id={id} /> : <People />) },
  { path: 'sessions', name: 'Sessions', show: (id) => (id ? <OneSession id={id} /> : <Grid />) },
  { path: 'door', name: 'Check-in', show: () => <Door /> },
  { path: 'networking', name: 'Networking', show: () => <Networking /> },
  { path: 'schedules', name: 'Schedules', show: () => <Schedules /> },
  { path: 'import', name: 'Import', show: () => <Import /> },
  { path: 'webhooks', name: 'Webhooks', show: () => <Webhooks /> },
]

function Console() {
  const [events, setEvents] = useState<Event[] | undefined>(undefined)
  const [open, setOpen] = useState('')
  const [fault, setFault] = useState('')
  const [hash, setHash] = useState(location.hash)
  useEffect(() => {
    const moved = () => setHash(location.hash)
    addEventListener('hashchange', moved)
    return () => removeEventListener('hashchange', moved)
  }, [])
  useEffect(() => {
    document.getElementById('main')?.focus({ preventScroll: true })
  }, [hash, open])
  const enter = (id: string) => {
    openEvent(id)
    setOpen(id)
  }
  const sent = async (event: globalThis.Event) => {
    event.preventDefault()
    useToken(fieldOf(event.target, 'token'))
    setFault('')
    try {
      const all = await mine()
      setEvents(all)
      const [only, other] = all
      if (only && !other) enter(only.id)
    } catch (error) {
      setFault(textOf(error))
    }
  }
  const leave = () => {
    useToken('')
    setEvents(undefined)
    enter('')
  }
  if (!events) return <SignIn sent={sent} fault={fault} />
  if (!open) return <Choice events={events} enter={enter} />
  const [path = '', id = ''] = hash.replace(/^#\/?/, '').split('/')
  const view = views.find((one) => one.path === path)
  return (
    <>
      <button type="button" class="skip" onClick={toMain}>
        To the content
      </button>
      <header class="bar">
        <b>Plenary</b>
        <nav aria-label="Console">
          {views.map((one) => (
            <a href={`#/${one.path}`} aria-current={one === view ? 'page' : undefined}>
              {one.name}
            </a>
          ))}
        </nav>
        {events.length > 1 && (
          <button type="button" onClick={() => enter('')}>
            Other event
          </button>
        )}
        <button type="button" onClick={leave}>
          Sign out
        </button>
      </header>
      <main id="main" tabIndex={-1} key={`${open} ${hash}`}>
        {view ? view.show(decodeURIComponent(id)) : <h1>There is no such view.</h1>}
      </main>
    </>
  )
}

const toMain = (): void => document.getElementById('main')?.focus()

/** The events that the token names, or those of the organisation. */
async function mine(): Promise<Event[]> {
  const { events, rights } = await get<{ events: string[]; rights: string[] }>('/me')
  if (rights.includes('organisation')) return get<Event[]>('/events?limit=1000')
  return Promise.all(events.map((id) => get<Event>(`/events/${id}`)))
}

function SignIn({ sent, fault }: { sent: (event: globalThis.Event) => void; fault: string }) {
  return (
    <main class="door" id="main" tabIndex={-1}>
      <h1>Plenary console</h1>
      <form onSubmit={sent}>
        <label class="field">
          Token
          <input name="token" type="password" required autocomplete="off" />
        </label>
        <button type="submit">Sign in</button>
      </form>
      <p class="soft">It is kept in the memory of this page and forgotten with it.</p>
      {fault && <p role="alert">{fault}</p>}
    </main>
  )
}

function Choice({ events, enter }: { events: Event[]; enter: (id: string) => void }) {
  return (
    <main id="main" tabIndex={-1}>
      <h1>Events</h1>
      {events.length === 0 && <p>There is no event yet.</p>}
      <ul class="cards">
        {events.map((one) => (
          <li>
            <button type="button" class="card" onClick={() => enter(one.id)}>
              <b>{one.name}</b>
              <span class="soft">{one.event_dates.start_date}</span>
            </button>
          </li>
        ))}
      </ul>
    </main>
  )
}

const root = document.getElementById('console')
if (root) render(<Console />, root)
