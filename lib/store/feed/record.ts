import { isId } from '#lib/base/ids.ts'
import { type Instant, instantOf } from '#lib/base/time.ts'
import { remainsScope } from '#lib/store/event-scope.ts'
import type { EventScope } from '#lib/table/scope.ts'
import type { Stamp } from '#lib/table/stamp.ts'
import { plainRow } from '#lib/table/wire-values.ts'

type Image = Record<string, unknown>

/** A record of the table's stream as Lambda hands it over, values in wire form. */
export type StreamRecord = {
  eventID?: string | undefined
  eventSourceARN?: string | undefined
  dynamodb?:
    | {
        Keys?: object | undefined
        OldImage?: object | undefined
        NewImage?: object | undefined
        SequenceNumber?: string | undefined
        ApproximateCreationDateTime?: number | undefined
      }
    | undefined
}

/** A row of an event before and after one write; absent where there was none. */
export type RowChange = {
  /** Names the record among all of all streams. */
  record: string
  scope: EventScope
  pk: string
  sk: string
  before: (Image & Stamp) | undefined
  after: (Image & Stamp) | undefined
  /** When it was written, to the second. */
  at: Instant
}

/** The row before and after, trusted to have the shape `T` as every row that we wrote. */
export const imagesOf = <T>({ before, after }: RowChange) =>
  ({ before, after }) as { before: T | undefined; after: T | undefined }

/** What a record says of a row of some event; undefined for every other row. */
export function rowChangeOf(record: StreamRecord, deadline: number): RowChange | undefined {
  const { Keys, OldImage, NewImage, ApproximateCreationDateTime: at } = record.dynamodb ?? {}
  const { pk, sk } = plainRow({ ...Keys })
  if (typeof pk !== 'string' || typeof sk !== 'string') return undefined
  const [org = '', event = ''] = pk.split('#')
  if (!isId('organisation', org) || !isId('event', event)) return undefined
  return {
    record: `${record.eventSourceARN} ${record.eventID}`,
    scope: remainsScope({ org, deadline }, event),
    pk,
    sk,
    before: OldImage && plainRow({ ...OldImage }),
    after: NewImage && plainRow({ ...NewImage }),
    at: instantOf((at ?? Date.now() / 1000) * 1000),
  }
}
