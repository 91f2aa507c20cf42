import { changesDays } from '#lib/base/config.ts'
import { idFrom } from '#lib/base/ids.ts'
import { nowMillis } from '#lib/base/time.ts'
import type { Change } from '#lib/model/change.ts'
import type { ChangesHead } from '#lib/store/read/changes.ts'
import { type Key, keys } from '#lib/table/keys.ts'
import { packed } from '#lib/table/packed.ts'
import { getRow, getRows } from '#lib/table/query.ts'
import { retryOnConflict, VersionConflict } from '#lib/table/retry.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { transact } from '#lib/table/transact.ts'
import { put, type Write } from '#lib/table/writes.ts'

/** A change that has no number yet. */
export type NewChange = Omit<Change, 'sequence'>

/** The id of a change: the same for the same record of the stream, however often it is read. */
export const changeId = (record: string, n: number): string => idFrom('change', `${record}#${n}`)

/**
 * Numbers changes of one event in the order given, each exactly once: what a batch that comes again holds is passed
 * over, because each stands under its object by its id. Two who number at once make each other repeat.
 */
export async function numberChanges(scope: EventScope, changes: NewChange[]): Promise<void> {
  for (const some of fitting(scope, changes)) {
    await retryOnConflict(scope, () => numberSome(scope, some))
  }
}

/** A transaction that found a change numbered already. */
class AlreadyNumbered extends VersionConflict {}

async function numberSome(scope: EventScope, changes: NewChange[]): Promise<void> {
  try {
    await write(scope, changes)
  } catch (error) {
    if (!(error instanceof AlreadyNumbered)) throw error
    const own = changes.map((change) => ownKey(scope, change))
    const known = await getRows<Key>(scope, own, ['pk', 'sk'])
    const fresh = changes.filter((change) => {
      const { sk } = ownKey(scope, change)
      return !known.some((row) => row.sk === sk)
    })
    await write(scope, fresh)
  }
}

async function write(scope: EventScope, changes: NewChange[]): Promise<void> {
  if (changes.length === 0) return
  const head = await getRow<ChangesHead>(scope, keys.changesHead(scope))
  const ttl = expiry()
  await transact(scope, [
    ...headWrites(scope, head, changes, ttl),
    ...changes.flatMap((change, n) => rowsOf(scope, change, (head?.seq ?? 0) + n + 1, ttl)),
  ])
}

/** The head outlives its event as long as the changes do. */
function headWrites(
  scope: EventScope,
  head: ChangesHead | undefined,
  changes: NewChange[],
  ttl: number,
): Write[] {
  const seq = (head?.seq ?? 0) + changes.length
  const when = head ? { vr: head.vr } : { exists: false }
  const isEnd = changes.some(({ type }) => type === 'event.deleted')
  const end = (isEnd || head?.ttl !== undefined) && { ttl }
  const next = { ...keys.changesHead(scope), seq, vr: (head?.vr ?? 0) + 1, ...end }
  return [
    put(next, when, 'conflict'),
    ...(head && !end ? [] : [put({ ...keys.numbered(scope), ...end })]),
  ]
}

function rowsOf(scope: EventScope, change: NewChange, sequence: number, ttl: number): Write[] {
  const row = { ...change, sequence, ttl, kind: 'change' }
  return [
    put({ ...keys.change(scope, sequence), ...row }, { exists: false }, 'conflict'),
    put(
      { ...ownKey(scope, change), sequence, ttl },
      { exists: false },
      () => new AlreadyNumbered(),
    ),
    ...othersOf(change).map((id) =>
      put({ ...keys.otherChange(scope, id, sequence), sequence, ttl }),
    ),
  ]
}

const ownKey = (scope: EventScope, { objectId, id }: NewChange): Key =>
  keys.ownChange(scope, objectId, id)

/** What else a change is about: its history shows it as well. */
const othersOf = ({ note, objectId }: NewChange): string[] => [
  ...new Set(
    Object.entries(note)
      .filter(([name]) => name.endsWith('_id'))
      .map(([, id]) => String(id))
      .filter((id) => id !== objectId),
  ),
]

/** As many changes at a time as one transaction holds beside the head. */
function fitting(scope: EventScope, changes: NewChange[]): NewChange[][] {
  const units = changes.map((change) => rowsOf(scope, change, 0, 0))
  let at = 0
  return packed(units, 2).map((writes) => {
    const some: NewChange[] = []
    for (let count = 0; count < writes.length; at += 1) {
      count += units[at]?.length ?? writes.length
      some.push(changes[at] as NewChange)
    }
    return some
  })
}

const expiry = (): number => Math.floor(nowMillis() / 1000 + changesDays() * 86_400)
