import { log } from '#lib/base/log.ts'
import { now } from '#lib/base/time.ts'
import { remainsScope } from '#lib/store/event-scope.ts'
import { keys } from '#lib/table/keys.ts'
import { getRow, queryRows } from '#lib/table/query.ts'
import type { Scope } from '#lib/table/scope.ts'
import { transact } from '#lib/table/transact.ts'
import { plainRow } from '#lib/table/wire-values.ts'
import { put, update } from '#lib/table/writes.ts'
import { changeId, type NewChange, numberChanges } from './number-changes.ts'
import type { StreamRecord } from './record.ts'

/** A beat of the stream, and which was the last one that was followed. */
type Beat = { n: number; stream: string }

const beatEveryMs = 55_000
let beatenAt = 0

/** Writes a row whose number goes up about once a minute: where one is missing in the stream, so is what was beside it. */
export async function beat(deadline: number): Promise<void> {
  if (Date.now() < beatenAt + beatEveryMs) return
  beatenAt = Date.now()
  const counted = update(keys.streamBeat(), { set: { kind: 'beat' }, add: { n: 1 } })
  await transact({ org: '', deadline }, [counted])
}

/**
 * Says in the feed of every event that what happened is not known, where beats are missing (the stream was not followed
 * for longer than it keeps its records) or the stream is another one (a restored table). May be repeated at any point.
 */
export async function followBeats(records: StreamRecord[], deadline: number): Promise<void> {
  const scope = { org: '', deadline }
  for (const { n, stream } of records.flatMap(beatIn)) {
    const last = await getRow<Beat>(scope, keys.streamFollowed())
    const isSame = last?.stream === stream
    if (last && isSame && n <= last.n) continue
    if (last && (!isSame || n > last.n + 1)) await interruptAll(scope, `${stream} ${n}`)
    await transact(scope, [put({ ...keys.streamFollowed(), n, stream })])
  }
}

function beatIn({ eventSourceARN = '', dynamodb }: StreamRecord): Beat[] {
  const { pk, sk } = plainRow({ ...dynamodb?.Keys })
  const { n } = plainRow({ ...dynamodb?.NewImage })
  const key = keys.streamBeat()
  const isBeat = pk === key.pk && sk === key.sk && typeof n === 'number'
  return isBeat ? [{ n, stream: eventSourceARN }] : []
}

async function interruptAll(scope: Scope, what: string): Promise<void> {
  log('error', 'the stream was interrupted', { at: what })
  for (const { sk } of await queryRows<{ sk: string }>(scope, { pk: keys.everyNumbered() })) {
    const [org = '', event = ''] = sk.split('#')
    const inside = remainsScope({ ...scope, org }, event)
    await numberChanges(inside, [interruption(event, changeId(what, 0))])
  }
}

/** What stands in the place of changes that nobody knows. */
export const interruption = (event: string, id: string): NewChange => ({
  id,
  type: 'feed.interrupted',
  object: 'feed',
  objectId: event,
  version: 1,
  changed: [],
  occurredAt: now(),
  note: {},
})
