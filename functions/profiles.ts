import { createApp } from '#lib/http/app.ts'
import { lambdaHandler } from '#lib/http/lambda.ts'
import type { Route } from '#lib/http/route.ts'
import { connectionRoutes } from './profiles/connections.ts'
import { meetingRoutes } from './profiles/meetings.ts'
import { profileRoutes } from './profiles/profile.ts'

export const routes: Route[] = [...profileRoutes, ...connectionRoutes, ...meetingRoutes]

export const app = createApp(routes)
export const handler = lambdaHandler(app)
