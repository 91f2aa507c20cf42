import { hash } from 'node:crypto'
import { isId } from '#lib/base/ids.ts'
import { formatInstant, type Instant, toUnix } from '#lib/base/time.ts'
import type { ExternalId } from '#lib/model/external-id.ts'

export type Stamped = { createdAt: Instant; updatedAt: Instant }

/** How one request wants its answers printed (docs/behaviour/requests.md). */
export type Presentation = {
  zone: string
  format: 'iso' | 'integer'
  /** Instant of this request. */
  at: Instant
  /** The answer is printed once for its tag too. */
  tagged?: true
  /** The id system of the header `ext_id_system`, when it is not our own. */
  system?: string
  /** People are called by our ids whatever the system: attendees know each other by no others. */
  peopleByOurs?: boolean
}

/** A moment that an answer says (`toJSON`), and that its tag says otherwise. */
const inTag = Symbol('in the tag')
type Moment = { toJSON: () => string; [inTag]: string }

type Named = { id: string; externalIds?: ExternalId[] | undefined }

/** The id of an object as the caller's system has it, or ours. */
export const printedId = (view: Presentation, { id, externalIds }: Named): string => {
  if (view.peopleByOurs && isId('person', id)) return id
  return externalIds?.find(({ system }) => system === view.system)?.id ?? id
}

/** The same for a reference to an object that may be among those at hand. */
export const printedReference = (
  view: Presentation,
  id: string,
  known: ReadonlyMap<string, Named>,
): string => printedId(view, known.get(id) ?? { id })

/** The `external_ids` of an answer: the default entry first. */
export const printExternalIds = (id: string, externalIds: ExternalId[] | undefined) => [
  { id_system: 'Plenary', id },
  ...(externalIds ?? []).map((one) => ({ id_system: one.system, id: one.id })),
]

export const printStamps = (view: Presentation, row: Stamped) => ({
  request_datetime: momentOf(view),
  creation_datetime: printTime(view, row.createdAt),
  update_datetime: printTime(view, row.updatedAt),
})

export const printTime = (view: Presentation, instant: Instant): string | number =>
  view.format === 'integer' ? toUnix(instant) : formatInstant(instant, view.zone)

const moments = new WeakMap<Presentation, string | number>()

/** It is a text as soon as the answer is one. */
function momentInTag({ at, zone }: Presentation): string {
  const said = formatInstant(at, zone)
  const moment: Moment = { toJSON: () => said, [inTag]: formatInstant(epoch, zone) }
  return moment as unknown as string
}

/** The moment of the request, which is the same on every row of an answer. */
export function momentOf(view: Presentation): string | number {
  const moment = moments.get(view) ?? (view.tagged ? momentInTag(view) : printTime(view, view.at))
  moments.set(view, moment)
  return moment
}

const epoch = '1970-01-01T00:00:00.000Z'

/** The view of which an ETag is made: it changes with everything but the moment of asking. */
export const etagPresentation = (view: Presentation): Presentation => ({
  ...view,
  format: 'iso',
  at: epoch,
})

/** A body, and what its tag is made of: one printing for both, where the tag spells times as the body does. */
export function printTagged(view: Presentation, print: (view: Presentation) => unknown) {
  if (view.format !== 'iso') return { body: print(view), forTag: print(etagPresentation(view)) }
  const body = print({ ...view, tagged: true })
  return { body, forTag: body }
}

/** A strong entity tag of a body, whatever the order of its fields. */
export const etagOf = (body: unknown): string =>
  `"${hash('sha256', JSON.stringify(inOrder(body)), 'base64url').slice(0, 27)}"`

function inOrder(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((one) => inOrder(one))
  if (inTag in value) return value[inTag]
  const sorted = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(sorted.map(([name, one]) => [name, inOrder(one)]))
}
