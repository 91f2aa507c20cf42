import { ApiError } from '#lib/base/errors.ts'
import { inParallel } from '#lib/base/in-parallel.ts'
import { attempt } from '#lib/http/attempt.ts'
import { columnsOf } from '#lib/http/batch/columns.ts'
import { batchRoute } from '#lib/http/batch/route.ts'
import type { RowResult, SentRow } from '#lib/http/batch/row.ts'
import type { Batch } from '#lib/http/batch/run.ts'
import { parse } from '#lib/http/body.ts'
import type { Route } from '#lib/http/route.ts'
import { takeScan } from '#lib/store/door/take-scan.ts'
import { CheckinBody } from '#lib/wire/checkin.ts'
import { wantedScan } from './wanted.ts'

/** As many people are scanned at a time, each in the order of their rows. */
const atOnce = 8
/** No row is begun so shortly before the request's deadline. */
const reserveMs = 3_000

export const checkinBatchRoutes: Route[] = [
  batchRoute({
    id: 'batchCheckins',
    path: '/events/{event}/checkins/batch',
    tag: 'Door',
    summary: 'Send up to 1,000 scans at once, such as those of a device that was offline',
    right: 'door',
    row: CheckinBody,
    wrapper: 'checkin',
    keys: ['id'],
    columns: async () => columnsOf(CheckinBody, []),
    run: scanAll,
    example: {
      rows: [
        {
          code: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ',
          type: 'entry',
          scanned_at: '2027-05-04T09:02:11+02:00',
          nonce: 'door-1-000042',
        },
      ],
    },
  }),
]

async function scanAll({ call, scope }: Batch, sent: SentRow[]): Promise<RowResult[]> {
  const results = new Map<number, RowResult>()
  const rows = sent.map((fields, n) => ({ fields, n }))
  const whose = ({ fields }: { fields: SentRow }) =>
    fields instanceof ApiError ? '' : `${fields.person ?? ''} ${fields.code ?? ''}`
  await inParallel([...Map.groupBy(rows, whose).values()], atOnce, async (own) => {
    for (const { fields, n } of own) {
      results.set(n, await attempt(() => scanOne({ call, scope }, fields)))
    }
  })
  return rows.map(({ n }) => results.get(n) ?? new ApiError('store_busy'))
}

async function scanOne(
  { call, scope }: Pick<Batch, 'call' | 'scope'>,
  fields: SentRow,
): Promise<RowResult> {
  if (fields instanceof ApiError) throw fields
  if (Date.now() > scope.deadline - reserveMs) throw new ApiError('store_busy')
  const wanted = await wantedScan({ scope, token: call.token }, parse(CheckinBody, fields))
  const { scan, isNew } = await takeScan(scope, wanted)
  return {
    status: isNew ? 'created' : 'unchanged',
    id: scan.id,
    ...(scan.reason && { message: `Denied: ${scan.reason}.` }),
  }
}
