import type { Clash, ClashKind, Engagement } from '#lib/base/clash.ts'
import type { AgendaEntry, Person } from './person.ts'
import type { Session } from './session.ts'

/** A session takes up its room and its people unless it is cancelled; a draft does so for whoever plans. */
export const takesUp = ({ status }: Pick<Session, 'status'>): boolean => status !== 'CANCELLED'

/** Whoever has a role in a session is bound to it by that, attending or not. */
export const boundAs = (entry: AgendaEntry | undefined): 'speaker' | 'attendee' | undefined => {
  if (!entry) return undefined
  if (entry.roles.length > 0) return 'speaker'
  return entry.attends ? 'attendee' : undefined
}

type At = (session: Session) => { start: number; end: number }

/** A session as somebody has it. */
export const engagement = (session: Session, as: Engagement['as'], at: At): Engagement => ({
  id: session.id,
  what: 'session',
  name: session.name,
  as,
  ...at(session),
  ...(session.status === 'DRAFT' && { isDraft: true }),
})

type Known = { sessions: ReadonlyMap<string, Session>; gone: ReadonlySet<string>; at: At }

/** All that a person has: sessions in which they have a role or attend, and booked meetings. */
export function engagementsOf(
  { agenda, booked = {} }: Pick<Person, 'agenda' | 'booked'>,
  { sessions, gone, at }: Known,
): Engagement[] {
  return [
    ...Object.entries(agenda).flatMap(([id, entry]) => {
      const [session, as] = [sessions.get(id), boundAs(entry)]
      return session && as && takesUp(session) ? [engagement(session, as, at)] : []
    }),
    ...Object.entries(booked).flatMap(([id, { with: other = '', start, end }]): Engagement[] =>
      gone.has(other) ? [] : [{ id, what: 'meeting', name: '', as: 'meeting', start, end }],
    ),
  ]
}

/** The clash of two engagements of a room or person, if they are one: times are half-open, touching is none. */
export function clashOf(of: string, one: Engagement, other: Engagement): Clash | undefined {
  if (one.id === other.id || one.start >= other.end || other.start >= one.end) return undefined
  const kind = kindOf(one, other)
  // Attendees know of no drafts.
  if (kind === 'attendee' && (one.isDraft || other.isDraft)) return undefined
  return { kind, of, both: isBefore(one, other) ? [one, other] : [other, one] }
}

/** Every clash among what one room or person has. */
export function clashesAmong(of: string, engagements: Engagement[]): Clash[] {
  if (engagements.length < 2) return []
  const clashes: Clash[] = []
  let going: Engagement[] = []
  for (const next of engagements.toSorted((a, b) => (isBefore(a, b) ? -1 : 1))) {
    going = going.filter(({ end }) => end > next.start)
    for (const one of going) {
      const clash = clashOf(of, one, next)
      if (clash) clashes.push(clash)
    }
    going.push(next)
  }
  return clashes
}

/** What clashes are in order of: when both are on, what for, who, and which. */
export function orderOf({ kind, of, both: [one, other] }: Clash): string {
  const from = String(Math.max(one.start, other.start)).padStart(15, '0')
  return `${from}#${kind}#${of}#${one.id}#${other.id}`
}

/** Two roles at once, or a role and a meeting, are the speaker's; where somebody merely attends, the attendee's. */
function kindOf(one: Engagement, other: Engagement): ClashKind {
  if (one.as === 'room') return 'room'
  return one.as === 'speaker' || other.as === 'speaker' ? speakerOr(one, other) : 'attendee'
}

const speakerOr = (one: Engagement, other: Engagement): ClashKind =>
  one.as === 'attendee' || other.as === 'attendee' ? 'attendee' : 'speaker'

const isBefore = (a: Engagement, b: Engagement): boolean =>
  a.start !== b.start ? a.start < b.start : a.id < b.id
