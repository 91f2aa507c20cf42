import { html, raw } from 'hono/html'
import { offsetMinutes } from '#lib/base/zone.ts'
import type { Event } from '#lib/model/event.ts'
import { timesOn } from '#lib/model/session-times.ts'
import type { Track } from '#lib/model/track.ts'
import type { ListedSession, PublicProgramme, ShownPerson } from '#lib/store/read/programme.ts'
import { script, style } from './look.ts'
import { type Language, type Words, wordsOf } from './words.ts'

/** A piece of a page: what is put into it is escaped, unless it is one itself. */
export type Piece = ReturnType<typeof html>
export type View = {
  event: Event
  programme: PublicProgramme
  language: Language
  words: Words
  /** The address of the programme. */
  home: string
  styles: string
}

export const viewOf = (
  event: Event,
  programme: PublicProgramme,
  { language, home }: { language: Language; home: string },
): View => {
  const words = wordsOf(language)
  return { event, programme, language, words, home, styles: style + coloursOf(programme.tracks) }
}

/** A class for the colour of each track: a policy without inline styles lets nothing else set it. */
function coloursOf(tracks: Map<string, Track>): string {
  const rules = [...tracks.values()].map(({ color }, n) =>
    /^#[0-9a-f]{6}$/i.test(color) ? `.t${n}{--c:${color}}` : '',
  )
  return rules.join('')
}

export const trackClass = ({ programme }: View, id: string | undefined): string => {
  const at = id === undefined ? -1 : [...programme.tracks.keys()].indexOf(id)
  return at < 0 ? '' : `t${at}`
}

/** The frame of every page. */
export async function frame(view: View, title: string, body: Piece): Promise<string> {
  const { event, language, words, styles } = view
  const page = await html`<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${title}</title><meta name="description" content="${event.description.slice(0, 160)}"><link rel="icon" href="data:,"><style>${raw(styles)}</style></head>
<body data-zone="${event.dates.zone}" data-yours="${words.yours}" data-now="${words.now}"><a class="skip" href="#main">${words.skip}</a>${body}<script>${raw(script)}</script></body></html>`
  return String(page)
}

/** A day in words, of the year only where asked. */
export const dayText = (date: string, language: Language, year = false): string =>
  new Intl.DateTimeFormat(language === 'de' ? 'de-DE' : 'en-GB', {
    timeZone: 'UTC',
    weekday: year ? 'long' : 'short',
    day: 'numeric',
    month: year ? 'long' : 'short',
    ...(year && { year: 'numeric' }),
  }).format(new Date(`${date}T00:00:00Z`))

export const clockText = (session: ListedSession): string => `${session.start}–${session.end}`

/** Start and end in minutes since 1970, for the script. */
export function instants(session: ListedSession, zone: string): [number, number] {
  const { start, end } = timesOn(session, (millis) => offsetMinutes(zone, millis))
  return [start / 60_000, end / 60_000]
}

export const placeOf = ({ programme }: View, session: ListedSession): string =>
  [...new Set([programme.rooms.get(session.roomId ?? '') ?? '', session.location])]
    .filter(Boolean)
    .join(', ')

export const peopleOf = ({ programme }: View, session: ListedSession): ShownPerson[] => {
  const ids = new Set(Object.values(session.roles).flat())
  return [...ids].flatMap((id) => programme.people.get(id) ?? [])
}

export const tracksOf = ({ programme }: View, { trackIds }: ListedSession): Track[] =>
  trackIds.flatMap((id) => programme.tracks.get(id) ?? [])

export const isCancelled = ({ status }: ListedSession): boolean => status === 'CANCELLED'
