// node from-frab.ts schedule.json: writes speakers.ndjson, tracks.ndjson and sessions.ndjson
import { readFileSync, writeFileSync } from 'node:fs'

type Person = {
  guid?: string
  code?: string
  id?: number
  public_name?: string
  name?: string
  biography?: string
}
type Talk = {
  guid: string
  date: string
  duration: string
  room: string
  title: string
  subtitle?: string
  track?: string
  language?: string
  abstract?: string
  description?: string
  persons?: Person[]
  links?: { title?: string; url: string }[]
}
type Day = { rooms: Record<string, Talk[]> }

const system = 'pretalx'
const { schedule } = JSON.parse(readFileSync(process.argv[2] ?? 'schedule.json', 'utf8'))
const { days, tracks = [] } = schedule.conference
const talks = (days as Day[]).flatMap(({ rooms }) => Object.values(rooms).flat())

const idOf = ({ guid, code, id }: Person): string => guid ?? code ?? String(id)
const people = new Map(talks.flatMap(({ persons = [] }) => persons.map((one) => [idOf(one), one])))

/** The clock of the event, so many minutes later. */
function clock(date: string, minutes = 0): { day: string; time: string } {
  const at = new Date(Date.parse(`${date.slice(0, 16)}Z`) + minutes * 60_000).toISOString()
  return { day: at.slice(0, 10), time: at.slice(11, 16).replace(':', '-') }
}

function minutesOf(duration: string): number {
  const [hours = 0, minutes = 0] = duration.split(':').map(Number)
  return hours * 60 + minutes
}

const signs: Record<string, string> = { '<': '&lt;', '>': '&gt;', '&': '&amp;' }
const html = (text: string): string =>
  text
    .split(/\n{2,}/)
    .filter((part) => part.trim() !== '')
    .map((part) => `<p>${part.replace(/[<>&]/g, (sign) => signs[sign] ?? '')}</p>`)
    .join('')

const write = (file: string, rows: object[]): void =>
  writeFileSync(file, rows.map((row) => `${JSON.stringify(row)}\n`).join(''))

write(
  'speakers.ndjson',
  [...people].map(([id, { public_name, name, biography }]) => {
    const [first, ...rest] = (public_name ?? name ?? id).split(' ')
    return {
      external_ids: [{ id_system: system, id }],
      profile: { first_name: first, last_name: rest.join(' '), about: biography },
    }
  }),
)
write(
  'tracks.ndjson',
  (tracks as { name: string; color?: string }[]).map(({ name, color }) => ({
    external_ids: [{ id_system: system, id: `track ${name}` }],
    track_name: name,
    track_color: color,
  })),
)
write(
  'sessions.ndjson',
  talks.map((talk) => {
    const start = clock(talk.date)
    const end = clock(talk.date, minutesOf(talk.duration))
    return {
      external_ids: [{ id_system: system, id: talk.guid }],
      session_name: talk.title,
      session_subtitle: talk.subtitle,
      session_description: html(talk.abstract || talk.description || ''),
      session_date: start.day,
      session_start_time: start.time,
      session_end_time: end.time,
      session_end_date: end.day,
      session_language: talk.language || null,
      location: talk.room,
      session_tracks: talk.track ? [talk.track] : [],
      speakers: (talk.persons ?? []).map(idOf),
      external_links: (talk.links ?? []).map(({ title, url }) => ({
        link_name: title,
        link_url: url,
      })),
    }
  }),
)
