import * as v from 'valibot'
import { ApiError } from '#lib/base/errors.ts'
import { ok } from '#lib/http/answer.ts'
import { createApp } from '#lib/http/app.ts'
import { lambdaHandler } from '#lib/http/lambda.ts'
import { openapi } from '#lib/http/openapi/document.ts'
import { type Held, held, page, pageFile, pageHeaders, send } from '#lib/http/openapi/page.ts'
import { type Route, route } from '#lib/http/route.ts'
import manifest from '../package.json' with { type: 'json' }
import { routes as changes } from './changes.ts'
import { routes as events } from './events.ts'
import { routes as networking } from './networking.ts'
import { routes as people } from './people.ts'
import { routes as pictures } from './pictures.ts'
import { routes as profiles } from './profiles.ts'
import { routes as schedules } from './schedules.ts'
import { routes as sessions } from './sessions.ts'
import { routes as webhooks } from './webhooks.ts'

const { version } = manifest
const tag = 'Reference'

const HealthAnswer = v.object({ status: v.literal('ok'), version: v.string() })

export const routes: Route[] = [
  route({
    id: 'readReference',
    method: 'get',
    path: '/',
    tag,
    summary: 'Read the reference and try the requests',
    right: 'public',
    returnsOther: { 'text/html': 'The page' },
    handle: async ({ path }) => {
      const prefix = path.startsWith('/en/') ? '/en/api/v2' : '/api/v2'
      return { status: 200, bytes: page(prefix, version), headers: pageHeaders }
    },
  }),
  route({
    id: 'getOpenapi',
    method: 'get',
    path: '/openapi.json',
    tag,
    summary: 'Read the OpenAPI 3.1 document of this API',
    right: 'public',
    returns: v.looseObject({ openapi: v.string() }),
    handle: async ({ request }) => send(request, document()),
  }),
  route({
    id: 'getHealth',
    method: 'get',
    path: '/health',
    tag,
    summary: 'Ask whether the API answers',
    right: 'public',
    returns: HealthAnswer,
    handle: async () => ok({ status: 'ok', version }),
  }),
  route({
    id: 'getReferenceFile',
    method: 'get',
    path: '/reference/{file}',
    tag,
    summary: 'Load a part of the reference page',
    right: 'public',
    query: { v: v.optional(v.pipe(v.string(), v.description('The release that asks.'))) },
    returnsOther: { 'text/css': 'Styles', 'text/javascript': 'Scripts', 'image/png': 'The icon' },
    errors: ['not_found'],
    handle: async ({ request, params }) => {
      const file = pageFile(params.file ?? '')
      if (!file) throw new ApiError('not_found')
      return send(request, file, true)
    },
  }),
]

/** Every route there is: what the document is made of, and what the tests of all routes go through. */
export const everyRoute: Route[] = [
  ...events,
  ...people,
  ...sessions,
  ...pictures,
  ...schedules,
  ...networking,
  ...profiles,
  ...changes,
  ...webhooks,
  ...routes,
]

let made: Held | undefined
function document(): Held {
  made ??= held('application/json', Buffer.from(JSON.stringify(openapi(everyRoute, { version }))))
  return made
}

// People type the bare host; everything else outside the two prefixes is not there.
export const app = createApp(routes, (all) => {
  all.get('/', (c) => c.redirect('/api/v2/'))
})
export const handler = lambdaHandler(app)
