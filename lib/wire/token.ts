import * as v from 'valibot'
import { limits } from '#lib/base/limits.ts'
import { blankAsAbsent, nameText } from '#lib/base/text.ts'
import { now } from '#lib/base/time.ts'
import { rightsOf } from '#lib/model/roles.ts'
import type { MadeToken, Token } from '#lib/model/token.ts'
import { instantText, reference } from './fields.ts'
import { type Presentation, printTime } from './presentation.ts'

const future = v.pipe(
  instantText,
  v.check((instant) => instant > now(), 'Must lie in the future.'),
)

/** Body of POST /tokens. */
export const TokenBody = v.strictObject({
  role: v.picklist(
    ['super_admin', 'event_admin', 'event_staff', 'scanner', 'attendee'],
    'Expected super_admin, event_admin, event_staff, scanner or attendee.',
  ),
  name: blankAsAbsent(nameText(limits.nameLength.value)),
  events: v.nullish(
    v.pipe(v.array(reference), v.maxLength(limits.tokenEvents.value, 'Too many events.')),
  ),
  person: blankAsAbsent(reference),
  sessions: v.nullish(
    v.pipe(
      v.array(reference),
      v.minLength(1, 'At least one session.'),
      v.maxLength(limits.commaList.value, 'Too many sessions.'),
    ),
  ),
  expires_at: blankAsAbsent(future),
})
export type TokenBody = v.InferOutput<typeof TokenBody>

const maybe = v.nullable(v.union([v.string(), v.number()]))
const entries = {
  token_id: v.string(),
  role: v.string(),
  name: v.string(),
  events: v.array(v.string()),
  person: v.nullable(v.string()),
  sessions: v.optional(v.array(v.string())),
  expires_at: maybe,
  created_at: v.union([v.string(), v.number()]),
  last_used_at: maybe,
}
export const TokenAnswer = v.object(entries)
export const NewTokenAnswer = v.object({ ...entries, token: v.string() })
export const MeAnswer = v.object({
  token_id: v.string(),
  role: v.string(),
  name: v.string(),
  organisation: v.string(),
  events: v.array(v.string()),
  person: v.nullable(v.string()),
  sessions: v.optional(v.array(v.string())),
  rights: v.array(v.string()),
  expires_at: maybe,
})

export function printToken(view: Presentation, token: Token | MadeToken) {
  const time = (instant: string | undefined) => (instant ? printTime(view, instant) : null)
  return {
    token_id: token.id,
    ...('text' in token && { token: token.text }),
    role: token.role,
    name: token.name,
    events: token.events,
    person: token.person ?? null,
    ...(token.sessions && { sessions: token.sessions }),
    expires_at: time(token.expiresAt),
    created_at: printTime(view, token.createdAt),
    last_used_at: time(token.lastUsedAt),
  }
}

export const printMe = (view: Presentation, token: Token) => ({
  token_id: token.id,
  role: token.role,
  name: token.name,
  organisation: token.org,
  events: token.events,
  person: token.person ?? null,
  ...(token.sessions && { sessions: token.sessions }),
  rights: rightsOf(token.role).filter((right) => right !== 'public'),
  expires_at: token.expiresAt ? printTime(view, token.expiresAt) : null,
})
