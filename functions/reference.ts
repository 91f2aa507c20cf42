import * as v from 'valibot'
import { ApiError } from '#lib/base/errors.ts'
import { ok } from '#lib/http/answer.ts'
import { createApp } from '#lib/http/app.ts'
import { lambdaHandler } from '#lib/http/lambda.ts'
import { answerOf } from '#lib/http/messages.ts'
import { contentsOf } from '#lib/http/openapi/contents.ts'
import { builtFile } from '#lib/http/openapi/files.ts'
import {
  type GuidePage,
  guideHeaders,
  guideLinks,
  guidePage,
} from '#lib/http/openapi/guide-page.ts'
import { type Held, held, page, pageFile, pageHeaders, send } from '#lib/http/openapi/page.ts'
import { type Answer, type Call, type Route, route } from '#lib/http/route.ts'
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
      const prefix = prefixOf(path)
      contents ??= documentText().then(contentsOf)
      const shown = { prefix, version, guides: guideLinks(prefix), contents: await contents }
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
    id: 'readGuide',
    method: 'get',
    path: '/reference/guides/{guide}',
    tag,
    summary: 'Read a guide: how a client does what it needs',
    right: 'public',
    returnsOther: { 'text/html': 'The page' },
    errors: ['not_found'],
    handle: (call) => guide(call, `guides/${call.params.guide ?? ''}`),
  }),
  route({
    id: 'readErrorPage',
    method: 'get',
    path: '/reference/errors/{code}',
    tag,
    summary: 'Read what an error means, and what to do about it',
    right: 'public',
    returnsOther: { 'text/html': 'The page' },
    errors: ['not_found'],
    handle: (call) => guide(call, `errors/${call.params.code ?? ''}`),
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

/** A page that is made once; `address` is its own below `reference/`. */
async function guide({ request, path }: Call, address: string): Promise<Answer> {
  guides ??= fromBuilt('guides.json', 'guidesText').then(JSON.parse)
  const all = await guides
  const found = Object.hasOwn(all, address) ? all[address] : undefined
  if (!found) throw new ApiError('not_found')
  const prefix = prefixOf(path)
  const name = `${prefix} ${address}`
  const [, of = ''] = address.split('/')
  const text = () => guidePage(found, { prefix, version, name: of })
  const page = pages.get(name) ?? held('text/html; charset=utf-8', Buffer.from(text()))
  pages.set(name, page)
  const answer = send(request, page)
  return { ...answer, headers: { ...answer.headers, ...guideHeaders } }
}

const prefixOf = (path: string): string => (path.startsWith('/en/') ? '/en/api/v2' : '/api/v2')
const pages = new Map<string, Held>()
let guides: Promise<Record<string, GuidePage>> | undefined
let contents: Promise<string> | undefined
let made: Promise<Held> | undefined
function document(): Promise<Held> {
  made ??= documentText().then((text) => held('application/json', Buffer.from(text)))
  return made
}

const documentText = (): Promise<string> => fromBuilt('openapi.json', 'documentText')

/** On Lambda the text lies beside the code: nobody loads every function to read a constant. */
async function fromBuilt(file: string, make: 'documentText' | 'guidesText'): Promise<string> {
  const built = builtFile(file)
  if (built !== undefined) return built
  const every = (await import(new URL('./every-route.ts', import.meta.url).href)) as Record<
    typeof make,
    () => string
  >
  return every[make]()
}

// People type the bare host; everything else outside the two prefixes is not there.
export const app = createApp(routes, (all) => {
  all.get('/', () => answerOf(null, 302, { location: '/api/v2/' }))
  all.get('/console', () => answerOf(null, 302, { location: '/api/v2/console' }))
})
export const handler = lambdaHandler(app)
