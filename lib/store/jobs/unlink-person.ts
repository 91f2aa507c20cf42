import { nowMillis } from '#lib/base/time.ts'
import type { Identifiers } from '#lib/model/identifiers.ts'
import { type Meeting, otherOf } from '#lib/model/meeting.ts'
import type { Person } from '#lib/model/person.ts'
import { endBatches } from '#lib/store/batches/batches.ts'
import { endPresence } from '#lib/store/door/end-presence.ts'
import { endExports } from '#lib/store/exports/end-exports.ts'
import { endTokens, type PersonToken } from '#lib/store/links/person-tokens.ts'
import { withBooking } from '#lib/store/read/busy.ts'
import { relationsChanged } from '#lib/store/relations-version.ts'
import { erasePicture } from '#lib/store/write/remove-picture.ts'
import { type Key, keys } from '#lib/table/keys.ts'
import { transactInParts } from '#lib/table/packed.ts'
import { getRow, queryRows } from '#lib/table/query.ts'
import { retryOnConflict } from '#lib/table/retry.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { transact } from '#lib/table/transact.ts'
import { remove, update, type Write } from '#lib/table/writes.ts'
import { unlinkUsers } from './schedules.ts'

/** Of a connection, a meeting, a match, a token, a badge or a presence at a door. */
type Row = Key & { status?: string; other?: string; hash?: string }

/**
 * Ends all that somebody who is gone had with others: connections, meetings with their bookings, matches, and the
 * tokens that spoke for them. May be repeated; false when the deadline came first.
 */
export async function unlinkRelations(scope: EventScope, person: string): Promise<boolean> {
  while (Date.now() < scope.deadline) {
    const rows = await queryRows<Row>(scope, { pk: keys.relations(scope, person), limit: 120 })
    if (rows.length === 0) return true
    for (const row of rows.filter(({ status }) => status === 'BOOKED')) {
      await retryOnConflict(scope, () => freeOther(scope, person, row as Row & Meeting))
    }
    for (const row of rows.filter(({ sk }) => sk.startsWith('J#'))) {
      if (!(await endPresence(scope, person, row.sk.slice(2)))) return false
    }
    const tokens = rows.filter(({ sk, hash }) => sk.startsWith('K#') && hash !== undefined)
    await endTokens(scope, tokens as (Row & PersonToken)[])
    await transactInParts(
      scope,
      rows
        .filter(({ sk }) => !sk.startsWith('J#'))
        .map((row) => [remove(row), ...elsewhere(scope, person, row)]),
    )
  }
  return false
}

/** Removes what only their identifiers lead to: names in usage logs, exports and batches, and the picture. Recorded answers are marked. */
export async function eraseIdentified(
  scope: EventScope,
  { email, picture }: Identifiers,
): Promise<boolean> {
  await endExports(scope)
  await endBatches(scope)
  if (!(await unlinkUsers(scope, email ? [email] : []))) return false
  return picture === undefined || eraseOwnPicture(scope, picture)
}

/** A picture that others show as well is not this person's alone: it stays with them. */
async function eraseOwnPicture(scope: EventScope, picture: string): Promise<boolean> {
  const uses = await queryRows(scope, { pk: keys.pictureUses(scope, picture), limit: 1 })
  return uses.length > 0 || erasePicture(scope, picture)
}

/** The rows of others that say the same as a row of this person's. */
function elsewhere(scope: EventScope, person: string, row: Row): Write[] {
  const [kind, id = '', round = '', run = ''] = row.sk.split('#')
  if (kind === 'C') {
    return [remove(keys.connection(scope, id, person)), relationsChanged(scope, id, 'ends')]
  }
  if (kind === 'W') {
    const other = otherOf(row as Row & Meeting, person)
    return [remove(keys.meeting(scope, other, id)), relationsChanged(scope, other, 'ends')]
  }
  if (kind === 'N') {
    const made = { round: Number(round), run }
    const other = row.other ?? ''
    const [a, b] = person < other ? [person, other] : [other, person]
    return [remove(keys.match(scope, other, id, made)), remove(keys.pair(scope, id, made, [a, b]))]
  }
  if (kind === 'B' && row.hash) return [remove(keys.badgeCode(scope, row.hash))]
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
