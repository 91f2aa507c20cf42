import { chunks } from '#lib/base/chunks.ts'
import { log } from '#lib/base/log.ts'
import type { Told } from '#lib/model/telling.ts'
import type { Deletion } from '#lib/store/deletions.ts'
import { keys } from '#lib/table/keys.ts'
import { getRows } from '#lib/table/query.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { writerOf } from '#lib/table/stamp.ts'
import { actorsOf } from './actors.ts'
import { changesOf, endings } from './changes-of.ts'
import { followBeats, interruption } from './interruptions.ts'
import { changeId, type NewChange, numberChanges } from './number-changes.ts'
import { indexPeople } from './people-words.ts'
import { type RowChange, rowChangeOf, type StreamRecord } from './record.ts'

type Telling = { change: RowChange; n: number; told: Told }

const eventsAtOnce = 8

/**
 * Numbers what records of the stream say, event by event, each change exactly once. Gives the sequence number of the
 * first record that is not done: from there on the records come again, and what is numbered is passed over.
 */
export async function followRecords(
  records: StreamRecord[],
  deadline: number,
): Promise<string | undefined> {
  await followBeats(records, deadline)
  const changes = records.flatMap((record) => rowChangeOf(record, deadline) ?? [])
  const tellings = changes.flatMap(tellingsOf)
  const events = [...Map.groupBy(tellings, ({ change }) => change.scope.e).values()]
  const failed = new Set<string>()
  await indexPeople(changes).catch((error) => {
    failed.add(changes[0]?.record ?? '')
    report(error, changes[0])
  })
  for (const some of chunks(events, eventsAtOnce)) {
    await Promise.all(
      some.map((one) =>
        numberEvent(one).catch((error) => {
          failed.add(one[0]?.change.record ?? '')
          report(error, one[0]?.change)
        }),
      ),
    )
  }
  const first = records.find((record) => failed.has(`${record.eventSourceARN} ${record.eventID}`))
  return first?.dynamodb?.SequenceNumber
}

const tellingsOf = (change: RowChange): Telling[] =>
  toldOf(change).map((told, n) => ({ change, n, told }))

/** A record that is not understood holds up nothing, and is not passed over in silence. */
function toldOf(change: RowChange): Told[] {
  try {
    return changesOf(change)
  } catch (error) {
    report(error, change)
    const { id: _, occurredAt: __, ...told } = interruption(change.scope.event, '')
    return [told]
  }
}

async function numberEvent(tellings: Telling[]): Promise<void> {
  const scope = tellings[0]?.change.scope
  if (!scope) return
  const deletions = await deletionsOf(scope, tellings)
  const actors = await actorsOf(
    scope,
    tellings.flatMap((one) => makerOf(one, deletions).actor || []),
  )
  const changes = tellings.flatMap((one): NewChange[] => {
    const { change, n, told } = one
    const { deletion, ...rest } = told
    const left = deletion === undefined ? undefined : deletions.get(deletion)
    if (deletion !== undefined && !left) return []
    const { actor, request } = makerOf(one, deletions)
    const by = actors.get(actor ?? '')
    const types = left?.erased ? endings(told.object, true) : [told.type]
    return types.map((type, m) => ({
      ...rest,
      type,
      id: changeId(change.record, n + m),
      occurredAt: timeOf(change),
      ...(by && { actor: by }),
      ...(request && { requestId: request }),
    }))
  })
  await numberChanges(scope, changes)
}

async function deletionsOf(scope: EventScope, all: Telling[]): Promise<Map<string, Deletion>> {
  const ids = all.flatMap(({ told }) => told.deletion ?? [])
  const rows = await getRows<Deletion>(
    scope,
    ids.map((id) => keys.deletion(scope, id)),
  )
  return new Map(rows.map((row) => [row.sk, row]))
}

/** Whose token wrote the row or deleted it, and in which request. */
function makerOf({ change: { after }, told }: Telling, deletions: Map<string, Deletion>) {
  const left = told.deletion === undefined ? undefined : deletions.get(told.deletion)
  return left ?? writerOf(after ?? {})
}

/** As the row says when it has changed, else when the stream noted it. */
function timeOf({ before, after, at }: RowChange): string {
  const updated = after?.updatedAt ?? after?.createdAt
  return typeof updated === 'string' && updated !== before?.updatedAt ? updated : at
}

function report(error: unknown, change: RowChange | undefined): void {
  const { name, message } = error instanceof Error ? error : new Error(String(error))
  log('error', 'changes were not numbered', { event: change?.scope.event, name, text: message })
}
