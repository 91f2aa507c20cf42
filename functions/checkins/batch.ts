import { ApiError } from '#lib/base/errors.ts'
import { inParallel } from '#lib/base/in-parallel.ts'
import { attempt } from '#lib/http/attempt.ts'
import { columnsOf } from '#lib/http/batch/columns.ts'
import { once } from '#lib/http/batch/once.ts'
import { type BatchRoute, batchRoute } from '#lib/http/batch/route.ts'
import type { RowResult, RowResults, SentRow } from '#lib/http/batch/row.ts'
import type { Batch } from '#lib/http/batch/run.ts'
import { parse } from '#lib/http/body.ts'
import { holderOf } from '#lib/store/door/badges.ts'
import { takeScan, type WantedScan } from '#lib/store/door/take-scan.ts'
import { isLate } from '#lib/store/late.ts'
import { CheckinBody } from '#lib/wire/checkin.ts'
import { wantedScan } from './wanted.ts'

/** As many people are scanned at a time, each in the order of their rows. */
const atOnce = 8

type Wanted = { scan: WantedScan; holder: string | undefined }
type Row = { n: number; fields: SentRow; wanted: Wanted | undefined }

export const checkinBatchRoutes: BatchRoute[] = [
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

async function scanAll(batch: Batch, sent: SentRow[]): Promise<RowResults> {
  const rows: Row[] = sent.map((fields, n) => ({ n, fields, wanted: undefined }))
  const results: RowResults = [...batch.known]
  const left = rows.filter(({ n }) => !results[n])
  await inParallel(left, atOnce, async (row) => {
    if (isLate(batch.scope)) return
    const read = await attempt(() => readRow(batch, row.fields))
    if (read instanceof ApiError) results[row.n] = read
    else row.wanted = read
  })
  const readable = rows.filter(({ wanted }) => wanted !== undefined)
  const byPerson = Map.groupBy(readable, ({ wanted }) => wanted?.holder ?? '')
  await inParallel([...byPerson.values()], atOnce, async (own) => {
    for (const { n, wanted } of own) {
      if (isLate(batch.scope)) return
      if (wanted) results[n] = await attempt(() => scanOne(batch, n, wanted))
    }
  })
  return rows.map(({ n }) => results[n])
}

/** What a row asks for, and whose badge it is about, whether it names them by code or by person. */
async function readRow(
  { call, scope }: Pick<Batch, 'call' | 'scope'>,
  fields: SentRow,
): Promise<Wanted> {
  if (fields instanceof ApiError) throw fields
  const scan = await wantedScan({ scope, token: call.token }, parse(CheckinBody, fields))
  const holder = scan.code === undefined ? scan.person : await holderOf(scope, scan.code)
  return { scan, holder }
}

const scanOne = (batch: Batch, n: number, wanted: Wanted): Promise<RowResult> =>
  once(
    batch,
    n,
    (scope) => takeScan(scope, wanted.scan),
    ({ scan, isNew }) => ({
      status: isNew ? 'created' : 'unchanged',
      id: scan.id,
      ...(scan.reason && { message: `Denied: ${scan.reason}.` }),
    }),
  )
