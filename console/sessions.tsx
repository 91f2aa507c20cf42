import { useState } from 'hono/jsx/dom'
import { Shown, Table, useAnswer } from './parts.tsx'
import type { Conflict, Named, Room, Session, Track } from './types.ts'

type Sessions = { session_list: Session[] }
type Conflicts = { conflict_list: Conflict[] }
const clock = (time: string): string => time.replace('-', ':')

export function Grid() {
  const sessions = useAnswer<Sessions>('./sessions/resources?limit=1000')
  const rooms = useAnswer<Room[]>('./rooms')
  const tracks = useAnswer<Track[]>('./sessions/tracks')
  const conflicts = useAnswer<Conflicts>('./conflicts?limit=1000')
  return (
    <>
      <h1>Sessions</h1>
      <Shown
        of={sessions}
        as={({ session_list }) => (
          <Days
            sessions={session_list}
            rooms={rooms.value ?? []}
            tracks={tracks.value ?? []}
            conflicts={conflicts.value?.conflict_list ?? []}
          />
        )}
      />
    </>
  )
}

type DaysOf = { sessions: Session[]; rooms: Room[]; tracks: Track[]; conflicts: Conflict[] }

function Days({ sessions, rooms, tracks, conflicts }: DaysOf) {
  const days = [...new Set(sessions.map((one) => one.session_date))]
  const [chosen, setChosen] = useState('')
  const day = days.includes(chosen) ? chosen : (days[0] ?? '')
  const shown = sessions.filter((one) => one.session_date === day)
  const times = [...new Set(shown.map((one) => one.session_start_time))].sort()
  const used = rooms.filter((room) => shown.some((one) => one.room_id === room.room_id))
  const columns = [...used, { room_id: '', room_name: 'No room', room_capacity: null }].filter(
    (room) => room.room_id || shown.some((one) => !one.room_id),
  )
  const clashing = new Set(conflicts.flatMap((one) => one.between.map(({ id }) => id)))
  const colours = new Map(tracks.map((one) => [one.track_id, one.track_color]))
  const rows = times.map((time) => [
    <b>{clock(time)}</b>,
    ...columns.map((room) => (
      <>
        {shown
          .filter((one) => one.session_start_time === time && (one.room_id ?? '') === room.room_id)
          .map((one) => (
            <a
              class={`card session ${one.session_status === 'CANCELLED' ? 'off' : ''}`}
              href={`#/sessions/${one.session_id}`}
              style={{ '--c': colours.get(one.session_tracks[0] ?? '') ?? '#8888' }}
            >
              <b>{one.session_name}</b>
              <span class="soft">
                {clock(time)}–{clock(one.session_end_time)}
              </span>
              {one.session_status !== 'SCHEDULED' && <strong>{one.session_status}</strong>}
              {clashing.has(one.session_id) && <strong class="warn">Conflict</strong>}
            </a>
          ))}
      </>
    )),
  ])
  return (
    <>
      <fieldset class="row">
        <legend class="soft">Day</legend>
        {days.map((one) => (
          <button
            type="button"
            aria-pressed={one === day ? 'true' : 'false'}
            onClick={() => setChosen(one)}
          >
            {one}
          </button>
        ))}
      </fieldset>
      <p class="soft">
        {sessions.length} sessions, {conflicts.length} conflicts
      </p>
      <Table
        label={`Sessions of ${day} by room and time`}
        head={['Time', ...columns.map((room) => room.room_name)]}
        empty="No sessions yet."
        rows={rows}
      />
    </>
  )
}

export function OneSession({ id }: { id: string }) {
  const session = useAnswer<Session>(`./sessions/resources/${id}`)
  const attendees = useAnswer<{ record_number: number; attendee_list: Named[] }>(
    `./sessions/resources/${id}/attendees?limit=1000`,
  )
  const line = useAnswer<{ waitlist: (Named & { position: number })[] }>(
    `./sessions/resources/${id}/waitlist`,
  )
  const person = (one: Named) => (
    <a href={`#/people/${one.person_id}`}>
      {`${one.first_name} ${one.last_name}`.trim() || one.email_address || one.person_id}
    </a>
  )
  return (
    <>
      <p>
        <a href="#/sessions">Sessions</a>
      </p>
      <Shown
        of={session}
        as={(one) => (
          <>
            <h1>{one.session_name}</h1>
            <p>
              {one.session_date}, {clock(one.session_start_time)}–{clock(one.session_end_time)}.{' '}
              {one.capacity === null ? 'Without a capacity.' : `${one.capacity} seats.`}
            </p>
          </>
        )}
      />
      <h2>Attendees</h2>
      <Shown
        of={attendees}
        as={({ record_number, attendee_list }) => (
          <>
            <p class="soft">{record_number} people</p>
            <Table
              label="Attendees"
              head={['Name', 'E-mail']}
              empty="Nobody yet."
              rows={attendee_list.map((one) => [person(one), one.email_address])}
            />
          </>
        )}
      />
      <h2>Waitlist</h2>
      <Shown
        of={line}
        as={({ waitlist }) => (
          <Table
            label="Waitlist"
            head={['Place', 'Name']}
            empty="Nobody waits."
            rows={waitlist.map((one) => [String(one.position), person(one)])}
          />
        )}
      />
    </>
  )
}
