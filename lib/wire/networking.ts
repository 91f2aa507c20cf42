import * as v from 'valibot'
import { limits } from '#lib/base/limits.ts'
import { blankAsAbsent, nameText } from '#lib/base/text.ts'
import { instantOf } from '#lib/base/time.ts'
import { pictureUrlOf } from '#lib/model/picture.ts'
import { hides } from '#lib/model/privacy.ts'
import type { LoadedMatch } from '#lib/store/read/matches.ts'
import type { Upcoming } from '#lib/store/read/networking-sessions.ts'
import type { Registration } from '#lib/store/read/registrations.ts'
import type { HeldRound } from '#lib/store/write/hold-round.ts'
import { ignored } from './fields.ts'
import { type Presentation, printedId, printedReference, printTime } from './presentation.ts'

export const ReadyBody = v.strictObject({ ready: v.boolean() })
export const RoundBody = v.strictObject({ seed: blankAsAbsent(nameText(limits.nameLength.value)) })
export const MatchBody = v.strictObject({
  userIdOfMatch: v.nullish(v.string()),
  fullName: ignored,
  profileImage: ignored,
  matTimeDate: ignored,
  title: ignored,
  company: ignored,
  sessionId: ignored,
  matchStarted: v.boolean(),
})

const text = v.string()
const time = v.union([v.string(), v.number()])
export const MatchAnswer = v.object({
  userIdOfMatch: text,
  fullName: text,
  profileImage: text,
  matTimeDate: time,
  title: text,
  company: text,
  sessionId: text,
  matchStarted: v.boolean(),
})
export const RegistrationAnswer = v.object({
  sessionId: text,
  userId: text,
  registered: v.boolean(),
  ready: v.boolean(),
})
export const RoundAnswer = v.object({
  round: v.number(),
  pairs: v.array(v.array(text)),
  unmatched: v.array(text),
})
export const UpcomingAnswer = v.object({
  sessionId: text,
  title: text,
  description: text,
  location: text,
  startTime: time,
  endTime: time,
  capacity: v.nullable(v.number()),
  live: v.boolean(),
  access: v.boolean(),
  registered: v.boolean(),
  ready: v.boolean(),
})

/** What stands in a match in place of who somebody is that hides. */
export const unnamedMatch = { fullName: '', profileImage: '', company: '' }

/** A match as the document spells it; its `title` is that of the session. */
export function printMatch(view: Presentation, { match, other, session, deleting }: LoadedMatch) {
  return {
    userIdOfMatch: printedId(view, other),
    fullName: `${other.firstName} ${other.lastName}`.trim(),
    profileImage: pictureUrlOf(other.picture, { deleting }),
    matTimeDate: printTime(view, match.at),
    title: session.name,
    company: other.company,
    sessionId: printedId(view, session),
    matchStarted: match.matchStarted,
    ...(hides(other.profile) && unnamedMatch),
  }
}

export function printRegistration(
  view: Presentation,
  { session, me, registered, ready }: Registration,
) {
  return {
    sessionId: printedId(view, session),
    userId: printedId(view, me),
    registered,
    ready,
  }
}

export function printRound(view: Presentation, { round, pairs, unmatched, people }: HeldRound) {
  const print = (id: string) => printedReference(view, id, people)
  return { round, pairs: pairs.map((two) => two.map(print)), unmatched: unmatched.map(print) }
}

export function printUpcoming(view: Presentation, { session, interval, ...standing }: Upcoming) {
  return {
    sessionId: printedId(view, session),
    title: session.name,
    description: session.description,
    location: session.location,
    startTime: printTime(view, instantOf(interval.start)),
    endTime: printTime(view, instantOf(interval.end)),
    capacity: session.capacity ?? null,
    ...standing,
  }
}
