import { createApp } from '#lib/http/app.ts'
import { lambdaHandler } from '#lib/http/lambda.ts'
import type { Route } from '#lib/http/route.ts'
import { attendeeRoutes } from './sessions/attendees.ts'
import { sessionBatchRoutes } from './sessions/batch.ts'
import { calendarRoutes } from './sessions/calendars.ts'
import { conflictRoutes } from './sessions/conflicts.ts'
import { sessionRoutes } from './sessions/resources.ts'
import { trackRoutes } from './sessions/tracks.ts'
import { customFieldRoutes } from './shared/custom-fields.ts'

export const routes: Route[] = [
  ...sessionRoutes,
  ...sessionBatchRoutes,
  ...attendeeRoutes,
  ...trackRoutes,
  ...calendarRoutes,
  ...conflictRoutes,
  ...customFieldRoutes('sessions', 'Sessions'),
]

export const app = createApp(routes)
export const handler = lambdaHandler(app)
