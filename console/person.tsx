import type { Child } from 'hono/jsx'
import { Face, Shown, Table, useAnswer } from './parts.tsx'
import type { Held, Person, Session } from './types.ts'

export const nameOf = ({ profile }: Person): string =>
  `${profile.first_name} ${profile.last_name}`.trim() || profile.email_address

export function OnePerson({ id }: { id: string }) {
  const person = useAnswer<Person>(`./people/resources/${id}`)
  return <Shown of={person} as={(one) => <Everything person={one} />} />
}

const plain = ([, value]: [string, unknown]): boolean => typeof value === 'string' && value !== ''
const short = (time: string): string => time.slice(0, 16).replace('T', ' ')

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
      <Kept id={person.person_id} />
    </>
  )
}

/** What is kept of a person beside their own fields: those who may not export it are told so. */
function Kept({ id }: { id: string }) {
  const held = useAnswer<Held>(`./people/resources/${id}/export`)
  if (held.fault) return <p class="soft">Ticket, scans, connections and meetings: {held.fault}</p>
  return <Shown of={held} as={(all) => <Rest id={id} all={all} />} />
}

function Rest({ id, all }: { id: string; all: Held }) {
  const otherOf = (one: Held['meetings'][number]): string =>
    one.senderUserId === id ? one.receiverUserId : one.senderUserId
  const others = all.meetings.map(otherOf)
  const asked = [...new Set(others)].slice(0, 100).join() || 'none'
  const people = useAnswer<{ people_list: Person[] }>(`./people/resources?limit=100&ids=${asked}`)
  const names = new Map(people.value?.people_list.map((one) => [one.person_id, nameOf(one)]))
  const linked = (other: string, name = names.get(other) ?? other): Child => (
    <a href={`#/people/${other}`}>{name || other}</a>
  )
  const place = (session: string | null): Child =>
    session ? <a href={`#/sessions/${session}`}>a session</a> : 'entrance'
  return (
    <>
      <h2>Ticket and badge</h2>
      <p>
        {all.ticket ? `Ticket: ${all.ticket.name}.` : 'No ticket.'}{' '}
        {all.badge ? `Badge of ${short(all.badge.issued_at)}.` : 'No badge.'}
        {all.waitlist.map(({ session, position }) => (
          <>
            {' '}
            Waits at place {position} for {place(session)}.
          </>
        ))}
      </p>
      <h2>Scans</h2>
      <Table
        label="Scans of this person"
        head={['When', 'Where', 'Way', 'Outcome']}
        empty="Never scanned."
        rows={all.checkins.map((one) => [
          short(one.scanned_at),
          place(one.session_id),
          one.type === 'entry' ? 'In' : 'Out',
          one.status === 'ok' ? 'ok' : `Denied: ${one.reason?.replaceAll('_', ' ')}`,
        ])}
      />
      <h2>Connections</h2>
      <Table
        label="Connections of this person"
        head={['With', 'State', 'Since']}
        empty="No connections."
        rows={all.connections.map((one) => [
          linked(one.userId, `${one.firstName} ${one.lastName}`.trim()),
          one.status.toLowerCase(),
          short(one.updatedAt),
        ])}
      />
      <h2>Meetings</h2>
      <Table
        label="Meetings of this person"
        head={['When', 'With', 'State', 'Note']}
        empty="No meetings."
        rows={all.meetings.map((one) => [
          short(one.meetingStartTime),
          linked(otherOf(one)),
          one.status.toLowerCase(),
          one.note,
        ])}
      />
    </>
  )
}
