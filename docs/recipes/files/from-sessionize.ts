// node from-sessionize.ts sessionize.json: writes speakers.ndjson, tracks.ndjson and sessions.ndjson
import { readFileSync, writeFileSync } from 'node:fs'

type Named = { id: number; name: string }
type Speaker = {
  id: string
  firstName: string
  lastName: string
  bio: string | null
  tagLine: string | null
  links: { linkType: string; url: string }[]
}
type Session = {
  id: string
  title: string
  description: string | null
  startsAt: string | null
  endsAt: string | null
  speakers: string[]
  categoryItems: number[]
  roomId: number | null
}
type All = {
  sessions: Session[]
  speakers: Speaker[]
  categories: { title: string; items: Named[] }[]
  rooms: Named[]
}

const system = 'sessionize'
const all: All = JSON.parse(readFileSync(process.argv[2] ?? 'sessionize.json', 'utf8'))
const tracks = all.categories.find(({ title }) => /track/i.test(title))?.items ?? []
const linkOf = ({ links }: Speaker, type: string) =>
  links.find(({ linkType }) => linkType === type)?.url

const signs: Record<string, string> = { '<': '&lt;', '>': '&gt;', '&': '&amp;' }
const html = (text: string): string =>
  text
    .split(/(?:\r?\n){2,}/)
    .filter((part) => part.trim() !== '')
    .map((part) => `<p>${part.replace(/[<>&]/g, (sign) => signs[sign] ?? '')}</p>`)
    .join('')

const write = (file: string, rows: object[]): void =>
  writeFileSync(file, rows.map((row) => `${JSON.stringify(row)}\n`).join(''))

write(
  'speakers.ndjson',
  all.speakers.map((speaker) => ({
    external_ids: [{ id_system: system, id: speaker.id }],
    profile: {
      first_name: speaker.firstName,
      last_name: speaker.lastName,
      title: speaker.tagLine,
      about: speaker.bio,
      social_contacts: {
        twitter_url: linkOf(speaker, 'Twitter'),
        linkedin_url: linkOf(speaker, 'LinkedIn'),
      },
    },
  })),
)
write(
  'tracks.ndjson',
  tracks.map(({ id, name }) => ({
    external_ids: [{ id_system: system, id: String(id) }],
    track_name: name,
  })),
)
write(
  'sessions.ndjson',
  all.sessions.flatMap((session) => {
    const { id, title, description, startsAt, endsAt, speakers, categoryItems, roomId } = session
    // What has no time yet has no place in a programme.
    if (!startsAt || !endsAt) return []
    return [
      {
        external_ids: [{ id_system: system, id }],
        session_name: title,
        session_description: html(description ?? ''),
        session_date: startsAt.slice(0, 10),
        session_start_time: startsAt.slice(11, 16).replace(':', '-'),
        session_end_time: endsAt.slice(11, 16).replace(':', '-'),
        session_end_date: endsAt.slice(0, 10),
        location: all.rooms.find((room) => room.id === roomId)?.name,
        speakers,
        session_tracks: tracks
          .filter((one) => categoryItems.includes(one.id))
          .map((one) => String(one.id)),
      },
    ]
  }),
)
