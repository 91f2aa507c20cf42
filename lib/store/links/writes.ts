import { now } from '#lib/base/time.ts'
import type { Person } from '#lib/model/person.ts'
import type { Session } from '#lib/model/session.ts'
import { bySet } from '#lib/store/counts.ts'
import { type Document, type Kind, type Saved, save } from '#lib/store/document.ts'
import { groups } from '#lib/store/documents/groups.ts'
import { people } from '#lib/store/documents/people.ts'
import { sessions } from '#lib/store/documents/sessions.ts'
import { isSame } from '#lib/store/same.ts'
import { openBuckets } from '#lib/table/buckets.ts'
import { countWrites } from '#lib/table/count-writes.ts'
import { keys } from '#lib/table/keys.ts'
import type { Write } from '#lib/table/writes.ts'
import { type Changeset, isClosed, type Staged } from './changeset.ts'
import { seatingOf } from './seats.ts'

/** The writes of all that was staged: changed documents, rows that follow from them, counts, seats. */
export async function writesOf(changeset: Changeset): Promise<Write[]> {
  const { scope, newGroup } = changeset
  const seatings = await seatingOf(changeset)
  const saves = [
    ...(newGroup ? [save(scope, groups, [undefined, newGroup])] : []),
    ...savesOf(changeset, people, changeset.people),
    ...savesOf(changeset, sessions, changeset.sessions),
  ]
  const counted = bySet(saves.flatMap(({ counts }) => counts))
  return [
    ...saves.flatMap(({ writes }) => writes),
    ...counted.flatMap(([set, counts]) => {
      if (newGroup && set.owner?.key.sk === newGroup.id) {
        return openBuckets(
          set,
          counts.map(({ id }) => id),
        )
      }
      const owner = set.owner?.key.sk ?? ''
      const isAttendees = set.rows === keys.attendees(scope, owner)
      return countWrites(set, counts, isAttendees ? seatings.get(owner)?.count : undefined)
    }),
    ...[...seatings.values()].flatMap(({ writes }) => writes),
  ]
}

function savesOf<T extends Document & (Person | Session)>(
  changeset: Changeset,
  kind: Kind<T>,
  staged: Map<string, Staged<T>>,
): Saved[] {
  const { scope, removed } = changeset
  return [...staged.values()].flatMap((one) => {
    const { before, after } = one
    if (removed.has(after.id)) return save(scope, kind, [before, undefined], isClosed(changeset))
    if (!isChanged(one)) return []
    const next = { ...after, ...stampOf(changeset, one), vr: before ? before.vr + 1 : 1 }
    return save(scope, kind, [before, next], isClosed(changeset))
  })
}

/**
 * A session that others give roles and tracks has changed for whoever reads it; a person is told by the links. What a
 * job still brings about was stamped when it was decided.
 */
function stampOf(
  { sessions: staged, job }: Changeset,
  { before, after }: Staged<Person | Session>,
) {
  const isLinked = staged.has(after.id) && before?.updatedAt === after.updatedAt
  return isLinked && !job ? { updatedAt: now() } : {}
}

/** Whether anything was staged but the time of change. */
export const isChanged = ({ before, after }: Staged<Document>): boolean =>
  !before || !isSame(before, after)
