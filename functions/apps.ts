import { createApp } from '#lib/http/app.ts'
import { lambdaHandler } from '#lib/http/lambda.ts'
import type { Route } from '#lib/http/route.ts'
import { agendaRoutes } from './apps/agenda.ts'
import { directoryRoutes } from './apps/directory.ts'
import { ownRoutes } from './apps/own.ts'

/** What attendees do by themselves, beside their profiles, connections and meetings. */
export const routes: Route[] = [...directoryRoutes, ...agendaRoutes, ...ownRoutes]

export const app = createApp(routes)
export const handler = lambdaHandler(app)
