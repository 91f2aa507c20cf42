import { everyRoute } from '#functions/every-route.ts'
import type { Route } from '#lib/http/route.ts'
import { filled, type Ids } from '#test/support/security.ts'
import type { Answer, Request } from './survivor.ts'
import type { Caller, Place } from './world.ts'

/** What is read of a place, by name. */
export type Snapshot = Record<string, unknown>

// The feed is followed by nobody here, and what is drawn or spelled again from what others show says nothing new.
const unread =
  /Changes$|Picture$|^exportMe$|^exportPerson$|Calendar|^getSchedule(Xml|Json)$|Table$|Chart$|^getMe$/

const readers = everyRoute.filter(
  ({ id, method, right }) =>
    method === 'get' && right !== 'public' && (!unread.test(id) || /^get(Event)?Picture$/.test(id)),
)

/** Requests that read everything there is in a place, as everybody who may. */
export function readsOf({ ids, tokens }: Place): [string, Request][] {
  return readers.flatMap((route) =>
    callersOf(route).flatMap((as) =>
      placesOf(route, ids).map(([where, changed]): [string, Request] => [
        [route.id, as, where].filter(Boolean).join(' '),
        {
          method: 'GET',
          path: filled(route, ids, changed) + queryOf(route),
          options: { token: tokens[as] },
        },
      ]),
    ),
  )
}

const callersOf = ({ right }: Route): Caller[] =>
  right === 'person' ? ['attendee', 'other'] : ['organiser']

/** Sessions differ in kind. */
function placesOf({ path }: Route, { fullSession, freeMeetUp }: Ids): [string, Ids][] {
  if (path.includes('/networking/') && path.includes('{session}'))
    return [
      ['', {}],
      ['free', { session: freeMeetUp ?? '' }],
    ]
  if (!path.includes('{session}')) return [['', {}]]
  return [
    ['', {}],
    ['full', { session: fullSession ?? '' }],
  ]
}

function queryOf({ id, query = {} }: Route): string {
  const all = { ...('limit' in query && { limit: '1000' }) }
  if (id === 'findAccessUser') return '?email=viewer@example.com'
  if (id === 'listSlots') return '?date=2027-05-04'
  return Object.keys(all).length > 0 ? `?${new URLSearchParams(all)}` : ''
}

/** What was read, the same in every place that is in the same state. */
export function snapshotOf(
  { ids }: Place,
  reads: [string, Request][],
  answers: Answer[],
): Snapshot {
  const names = namesOf(ids)
  return Object.fromEntries(
    reads.map(([name], n) => {
      const { status = 0, text = '' } = answers[n] ?? {}
      return [name, { status, body: plain(text, names) }]
    }),
  )
}

export const namesOf = (ids: Ids): Map<string, string> =>
  new Map(
    Object.entries(ids)
      // Small numbers are everywhere.
      .filter(([, id]) => !/^\d+$/.test(id))
      .map(([name, id]) => [id, `‹${name}›`]),
  )

/** A body without what differs from run to run: ids, secrets, ports and the time at which it was. */
export const plain = (text: string, names: Map<string, string>): unknown =>
  text === '' ? '' : sorted(spelled(JSON.parse(text), names))

const isNumbered = /^(id|number|event_number|.*_id|eventGroupUserId)$/

function spelled(value: unknown, names: Map<string, string>, key = ''): unknown {
  if (Array.isArray(value)) return value.map((one) => spelled(one, names))
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value)
        .filter(([name]) => !isOfRequest.test(name))
        .map(([name, one]) => [textOf(name, names), spelled(one, names, name)]),
    )
  }
  if (typeof value === 'number' && isNumbered.test(key)) return '‹number›'
  return typeof value === 'string' ? textOf(value, names) : value
}

const isOfRequest =
  /^(request_id|request_datetime|last_used_at|query_string|next_cursor|milliseconds|seconds)$/

function textOf(text: string, names: Map<string, string>): string {
  const whole = names.get(text)
  if (whole) return whole
  if (/^\d{4}-\d\d-\d\dT/.test(text) && Math.abs(Date.parse(text) - Date.now()) < dayMs)
    return '‹now›'
  return text
    .replace(/\?X-Amz-.*/, '')
    .replace(/^http:\/\/127\.0\.0\.1:\d{4,5}(?=\/)/, '‹server›')
    .replaceAll(/\b[a-z]{3}_[a-z2-7]{26}\b/g, (id) => names.get(id) ?? `‹new ${id.slice(0, 3)}›`)
    .replaceAll(/\b(plk|plf|whsec)_[\w+/=]+/g, '‹secret›')
    .replaceAll(/\b[0-9a-f]{8}-[0-9a-f-]{27}\b/g, (id) => names.get(id) ?? '‹uuid›')
    .replaceAll(/\b[0-9a-f]{32}\b/g, (id) => names.get(id) ?? '‹hex›')
    .replaceAll(/\b[A-Z2-7]{32}\b/g, (id) => names.get(id) ?? '‹code›')
    .replaceAll(/\bP\d{15}[a-z2-7]{4}\b/g, (id) => names.get(id) ?? '‹ping›')
    .replaceAll(/(?<=‹(uuid|resource_id)›\/)[\w-]+/g, '‹random›')
}

const dayMs = 24 * 60 * 60 * 1_000

/** Lists go by random ids: who is in them is what counts. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(sorted).toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
  }
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, one]) => [name, sorted(one)]),
  )
}

/** Lists whose total is another number than they have rows. */
export function wrongTotals(reads: [string, Request][], answers: Answer[]): string[] {
  return reads.flatMap(([name], n) => {
    const { status = 0, text = '', headers = {} } = answers[n] ?? {}
    if (status !== 200 || text === '') return []
    const body: unknown = JSON.parse(text)
    const total = Array.isArray(body)
      ? headers['x-total-count']
      : (body as { record_number?: number }).record_number
    const rows = Array.isArray(body) ? body : Object.values(body as object).find(Array.isArray)
    if (total === undefined || rows === undefined || Number(total) === rows.length) return []
    return [`${name} counts ${total} and lists ${rows.length}`]
  })
}

/** Where two snapshots differ, a few of the places. */
export function differences(one: unknown, other: unknown, at = ''): string[] {
  if (JSON.stringify(one) === JSON.stringify(other)) return []
  const isNode = (value: unknown): value is Record<string, unknown> =>
    typeof value === 'object' && value !== null
  if (!isNode(one) || !isNode(other) || Array.isArray(one) !== Array.isArray(other)) {
    return [`${at}: ${short(one)} / ${short(other)}`]
  }
  const keys = [...new Set([...Object.keys(one), ...Object.keys(other)])]
  return keys.flatMap((key) => differences(one[key], other[key], `${at}.${key}`))
}

const short = (value: unknown): string => (JSON.stringify(value) ?? 'nothing').slice(0, 160)
