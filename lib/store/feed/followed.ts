import type { DynamoDBRecord } from 'aws-lambda'
import { documents } from '#lib/store/documents/all.ts'
import { remainsScope } from '#lib/store/event-scope.ts'
import { keys } from '#lib/table/keys.ts'

const scope = remainsScope({ org: '', deadline: 0 }, '')
const endOf = (pk: string): string => pk.slice(scope.e.length)

/**
 * The rows of which something may be told: everything else of the stream, which is most of it, never reaches the
 * function. Made of the definitions, as what is told of them is (`changes-of.ts`).
 */
export const followed = {
  /** How the partition keys of documents end. */
  partitions: [
    ...documents.map((kind) => endOf(kind.key(scope, '').pk)),
    ...[keys.schedules, keys.scheduleGroups, keys.scheduleUsers].map((key) => endOf(key(scope))),
  ],
  /** The sort key of an event. */
  sortKeys: [keys.event('', '').sk],
  /** What other rows say that they are. */
  kinds: ['usage_log', 'connection', 'meeting', 'round_ledger', 'checkin', 'beat'],
}

/** Whether the filter lets a record through. */
export function isFollowed({ dynamodb }: DynamoDBRecord): boolean {
  const { Keys = {}, NewImage = {}, OldImage = {} } = dynamodb ?? {}
  const kinds = [NewImage.kind?.S ?? '', OldImage.kind?.S ?? '']
  return (
    followed.partitions.some((end) => Keys.pk?.S?.endsWith(end)) ||
    followed.sortKeys.includes(Keys.sk?.S ?? '') ||
    kinds.some((kind) => followed.kinds.includes(kind))
  )
}
