import * as v from 'valibot'
import { limits } from '#lib/base/limits.ts'
import { externalId, externalSystem } from '#lib/base/text.ts'
import { isDate, isZone, parseInstant } from '#lib/base/time.ts'
import { zoneNamed } from '#lib/base/zone.ts'

/** A field that only answers have: accepted and ignored, so that what GET gave can be sent back. */
export const ignored = v.optional(v.unknown())

/** `external_ids` of a body. The default entry may stand among them, beyond the limit. */
export const externalIdsField = v.nullish(
  v.pipe(
    v.array(v.strictObject({ id_system: externalSystem, id: externalId })),
    v.maxLength(limits.externalIds.value + 1, `At most ${limits.externalIds.value} external ids.`),
  ),
)

export const externalIdsSchema = v.array(v.object({ id_system: v.string(), id: v.string() }))

const instant = v.union([v.string(), v.number()])
export const stampsSchema = v.object({
  request_datetime: instant,
  creation_datetime: instant,
  update_datetime: instant,
})

const noDay = (day: string) => `There is no day ${day} in the years 1970 to 2999.`

/** A day as `YYYY-MM-DD`. */
export const date = v.pipe(
  v.string(),
  v.check(isDate, ({ input }) =>
    /^\d{4}-\d\d-\d\d$/.test(input) ? noDay(input) : 'Expected a date as YYYY-MM-DD.',
  ),
)

/** What is wrong with a text that `parseInstant` does not read. */
export function instantProblem(text: string): string {
  const [, day = '', rest = ''] = /^(\d{4}-\d\d-\d\d)[T ](.*)$/is.exec(text) ?? []
  if (day && !isDate(day)) return noDay(day)
  if (/ \d\d:\d\d$/.test(rest))
    return 'A blank stands before the offset: in a query, + is sent as %2B.'
  if (/^[\d:.]+$/.test(rest)) return 'The offset is missing: Z, or one such as +02:00.'
  return 'Expected an ISO 8601 instant with offset, such as 2027-05-04T09:00:00Z.'
}

/** An instant with offset. */
export const instantText = v.pipe(
  v.string(),
  v.check(
    (text) => parseInstant(text) !== undefined,
    ({ input }) => instantProblem(input),
  ),
  v.transform((text) => parseInstant(text) ?? text),
)

/** A zone in any letter case, kept as the time zone database spells it. */
export const zoneName = v.pipe(
  v.string(),
  v.check(isZone, 'Expected an IANA time zone such as Europe/Berlin.'),
  v.transform((text) => zoneNamed(text) ?? text),
)

/** Refers to an object by our id or, with the header `ext_id_system`, by another system's. */
export const reference = v.pipe(
  v.string(),
  v.minLength(1, 'Must not be empty.'),
  v.maxLength(1024, 'Too long.'),
)

/** What every list in an object says of itself. */
export const countedEntries = { record_number: v.number(), next_cursor: v.nullable(v.string()) }

export const listOf = <S extends v.GenericSchema>(schema: S, most: number) =>
  v.pipe(v.array(schema), v.maxLength(most, `At most ${most} items.`))

/** How many people a session or room holds. */
export const seats = v.pipe(
  v.number(),
  v.integer('Expected a whole number.'),
  v.minValue(1, 'At least 1.'),
  v.maxValue(limits.sessionCapacity.value, `At most ${limits.sessionCapacity.value}.`),
)

/** A language tag (BCP 47), as given. */
export const languageTag = v.pipe(
  v.string(),
  v.check(isLanguageTag, 'Expected a language tag such as en or pt-BR.'),
)

function isLanguageTag(text: string): boolean {
  if (!/^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,5}$/.test(text)) return false
  try {
    return Intl.getCanonicalLocales(text).length === 1
  } catch {
    return false
  }
}
