import { createApp } from '#lib/http/app.ts'
import { lambdaHandler } from '#lib/http/lambda.ts'
import type { Route } from '#lib/http/route.ts'
import { accessRoutes } from './schedules/access.ts'
import { logRoutes } from './schedules/logs.ts'
import { scheduleRoutes } from './schedules/resources.ts'
import { usageRoutes } from './schedules/usage.ts'

export const routes: Route[] = [...scheduleRoutes, ...accessRoutes, ...logRoutes, ...usageRoutes]

export const app = createApp(routes)
export const handler = lambdaHandler(app)
