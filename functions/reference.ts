import * as v from 'valibot'
import { ApiError } from '#lib/base/errors.ts'
import { ok } from '#lib/http/answer.ts'
import { createApp } from '#lib/http/app.ts'
import { lambdaHandler } from '#lib/http/lambda.ts'
import { contentsOf } from '#lib/http/openapi/contents.ts'
import { builtDocument } from '#lib/http/openapi/files.ts'
import { type Held, held, page, pageFile, pageHeaders, send } from '#lib/http/openapi/page.ts'
import { type Route, route } from '#lib/http/route.ts'
import manifest from '../package.json' with { type: 'json' }

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
      contents ??= documentText().then(contentsOf)
      const shown = { prefix, version, contents: await contents }
      return { status: 200, bytes: page(shown), headers: pageHeaders }
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
    handle: async ({ request }) => send(request, await document()),
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
    returnsOther: {
      'text/css': 'Styles',
      'text/javascript': 'Scripts',
      'image/svg+xml': 'The icon',
    },
    errors: ['not_found'],
    handle: async ({ request, params }) => {
      const file = pageFile(params.file ?? '')
      if (!file) throw new ApiError('not_found')
      return send(request, file, true)
    },
  }),
  route({
    id: 'getReferenceChunk',
    method: 'get',
    path: '/reference/chunks/{file}',
    tag,
    summary: 'Load a part of the script of the reference page',
    right: 'public',
    returnsOther: { 'text/javascript': 'Scripts' },
    errors: ['not_found'],
    handle: async ({ request, params }) => {
      const file = pageFile(`chunks/${params.file ?? ''}`)
      if (!file) throw new ApiError('not_found')
      return send(request, file, true)
    },
  }),
]

let contents: Promise<string> | undefined
let made: Promise<Held> | undefined
function document(): Promise<Held> {
  made ??= documentText().then((text) => held('application/json', Buffer.from(text)))
  return made
}

/** On Lambda the document lies beside the code: nobody loads every function to read a constant. */
async function documentText(): Promise<string> {
  const built = builtDocument()
  if (built !== undefined) return built
  const every = (await import(new URL('./every-route.ts', import.meta.url).href)) as {
    documentText: () => string
  }
  return every.documentText()
}

// People type the bare host; everything else outside the two prefixes is not there.
export const app = createApp(routes, (all) => {
  all.get('/', (c) => c.redirect('/api/v2/'))
  all.get('/console', (c) => c.redirect('/api/v2/console'))
})
export const handler = lambdaHandler(app)
