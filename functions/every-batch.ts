import type { BatchRoute } from '#lib/http/batch/route.ts'
import { checkinBatchRoutes } from './checkins/batch.ts'
import { peopleBatchRoutes } from './people/batch.ts'
import { sessionBatchRoutes } from './sessions/batch.ts'

/** Every route that takes batches: those that go on behind their answer are carried on by the sweeper. */
export const everyBatch: BatchRoute[] = [
  ...peopleBatchRoutes,
  ...sessionBatchRoutes,
  ...checkinBatchRoutes,
]
