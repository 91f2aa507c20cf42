import { createApp } from '#lib/http/app.ts'
import { lambdaHandler } from '#lib/http/lambda.ts'
import type { Route } from '#lib/http/route.ts'
import { badgeRoutes } from './checkins/badges.ts'
import { checkinBatchRoutes } from './checkins/batch.ts'
import { doorRoutes } from './checkins/door.ts'
import { checkinRoutes } from './checkins/scans.ts'

export const routes: Route[] = [
  ...checkinRoutes,
  ...checkinBatchRoutes,
  ...doorRoutes,
  ...badgeRoutes,
]

export const app = createApp(routes)
export const handler = lambdaHandler(app)
