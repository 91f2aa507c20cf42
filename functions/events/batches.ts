import { ApiError } from '#lib/base/errors.ts'
import { single } from '#lib/http/answer.ts'
import { LaterAnswer, printLater } from '#lib/http/batch/later.ts'
import { ofText, type RowResult } from '#lib/http/batch/row.ts'
import { eventRoute, type Route } from '#lib/http/route.ts'
import { mayDo } from '#lib/model/roles.ts'
import { requireBatch, resultsOf } from '#lib/store/batches/batches.ts'

export const batchRoutes: Route[] = [
  eventRoute({
    id: 'getBatch',
    method: 'get',
    path: '/events/{event}/batches/{batch_id}',
    tag: 'Events and tokens',
    summary: 'Read how far a batch is that goes on behind its answer, and its report',
    description:
      'A batch that its request had no time for is answered 202 with this address. Organisers read all of them, others their own.',
    right: 'door',
    returns: LaterAnswer,
    errors: ['batch_not_found'],
    handle: async (call) => {
      const batch = await requireBatch(call.scope, call.params.batch_id ?? '')
      const isOwn = batch.token === call.token.id
      if (!isOwn && !mayDo(call.token, 'event:write')) throw new ApiError('batch_not_found')
      if (batch.status === 'running') return single(call, printLater, { batch })
      const results = ofText((await resultsOf(call.scope, batch)) ?? '[]') as RowResult[]
      return single(call, printLater, { batch, results })
    },
  }),
]
