import { ApiError } from '#lib/base/errors.ts'
import { nowMillis } from '#lib/base/time.ts'
import { errorAnswer } from '#lib/http/failure.ts'
import type { Identifiers } from '#lib/model/identifiers.ts'
import { type Meeting, otherOf } from '#lib/model/meeting.ts'
import type { Person } from '#lib/model/person.ts'
import { withBooking } from '#lib/store/read/busy.ts'
import { erasePicture } from '#lib/store/write/remove-picture.ts'
import { eraseRecorded } from '#lib/table/erase-recorded.ts'
import { type Key, keys } from '#lib/table/keys.ts'
import { getRow, queryRows } from '#lib/table/query.ts'
import { retryOnConflict } from '#lib/table/retry.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { remove, transact, update, type Write } from '#lib/table/transact.ts'
import { chunks } from './queue.ts'
import { unlinkUsers } from './schedules.ts'
import { tokenRemoval } from './tokens.ts'

/** Of a connection, a meeting, a match or a token. */
type Row = Key & { status?: string; other?: string; hash?: string }

/**
 * Ends all that somebody who is gone had with others: connections, meetings with their bookings, matches, and
 * the tokens that spoke for them. May be repeated; false when the deadline came first.
 */
export async function unlinkRelations(scope: EventScope, person: string): Promise<boolean> {
  const rows = await queryRows<Row>(scope, { pk: keys.relations(scope, person) })
  for (const some of chunks(rows, 30)) {
    if (Date.now() >= scope.deadline) return false
    for (const row of some.filter(({ status }) => status === 'BOOKED')) {
      await retryOnConflict(scope, () => freeOther(scope, person, row as Row & Meeting))
    }
    await transact(
      scope,
      some.flatMap((row) => [remove(row), ...elsewhere(scope, person, row)]),
    )
  }
  return true
}

/** Removes what a person left where only their traces lead: usage logs, pictures, recorded answers. */
export async function eraseIdentified(
  scope: EventScope,
  person: string,
  traces: Identifiers,
): Promise<boolean> {
  await unlinkUsers(scope, person, traces.email ? [traces.email] : [])
  if (traces.picture !== undefined && !(await eraseOwnPicture(scope, traces.picture))) return false
  const instead = errorAnswer(new ApiError('answer_erased'), 'erased')
  return eraseRecorded(scope, (text) => isAbout(text, person, traces), instead)
}

/** A picture that others show as well is not this person's alone: it stays with them. */
async function eraseOwnPicture(scope: EventScope, picture: string): Promise<boolean> {
  const uses = await queryRows(scope, { pk: keys.pictureUses(scope, picture), limit: 1 })
  return uses.length > 0 || erasePicture(scope, picture)
}

const idFields = [
  'person_id',
  'userId',
  'senderUserId',
  'receiverUserId',
  'userIdOfMatch',
  'rejectedBy',
].map((name) => `"${name}":`)
const idLists = ['pairs', 'unmatched', 'people_list', 'speakers'].map((name) => `"${name}":[`)

/** An answer is about somebody when it has their id, here or elsewhere, their address or their full name. */
function isAbout(
  text: string,
  person: string,
  { email, names, externalIds }: Identifiers,
): boolean {
  if (text.includes('"erased":true')) return false
  if (text.includes(person) || (email !== '' && text.includes(email))) return true
  const has = (value: string) => text.includes(JSON.stringify(value))
  const inList = idLists.some((list) => text.includes(list))
  const named = (id: string) =>
    idFields.some((field) => text.includes(field + JSON.stringify(id))) || (inList && has(id))
  return externalIds.some(named) || (names.length > 1 && (has(names.join(' ')) || names.every(has)))
}

/** The rows of others that say the same as a row of this person's. */
function elsewhere(scope: EventScope, person: string, row: Row): Write[] {
  const [kind, id = '', round = '', run = ''] = row.sk.split('#')
  if (kind === 'C') return [remove(keys.connection(scope, id, person))]
  if (kind === 'W') {
    return [remove(keys.meeting(scope, otherOf(row as Row & Meeting, person), id))]
  }
  if (kind === 'N') {
    const made = { round: Number(round), run }
    const other = row.other ?? ''
    const [a, b] = person < other ? [person, other] : [other, person]
    return [remove(keys.match(scope, other, id, made)), remove(keys.pair(scope, id, made, a, b))]
  }
  if (kind === 'K' && row.hash) {
    return tokenRemoval(scope, id, row.hash)
  }
  return []
}

/** Takes a booked time out of the document of whoever it was with. */
async function freeOther(scope: EventScope, person: string, meeting: Meeting): Promise<void> {
  const key = keys.person(scope, otherOf(meeting, person))
  const other = await getRow<Person>(scope, key)
  if (!other?.booked?.[meeting.id]) return
  const booked = withBooking(other, meeting.id, undefined, nowMillis())
  const change = { set: { booked }, add: { vr: 1 } }
  await transact(scope, [update(key, change, { vr: other.vr }, 'conflict')])
}
