import { picturesUrl } from '#lib/base/config.ts'
import { ApiError } from '#lib/base/errors.ts'
import { createApp } from '#lib/http/app.ts'
import { lambdaHandler } from '#lib/http/lambda.ts'
import { builtFile } from '#lib/http/openapi/files.ts'
import { type Held, held, send } from '#lib/http/openapi/page.ts'
import { type Route, route } from '#lib/http/route.ts'
import { consolePage, policyOf, style } from './console/page.ts'

const tag = 'Console'

export const routes: Route[] = [
  route({
    id: 'readConsole',
    method: 'get',
    path: '/console',
    tag,
    summary: 'Open the console: one page for organisers and the desk',
    description:
      'It asks for a token, keeps it in memory, and uses the routes of this document alone.',
    right: 'public',
    returnsOther: { 'text/html': 'The page' },
    handle: async ({ path }) => ({
      status: 200,
      bytes: consolePage(path.startsWith('/en/') ? '/en/api/v2' : '/api/v2', await tagOf()),
      headers: {
        'content-type': 'text/html; charset=utf-8',
        'content-security-policy': policyOf(new URL(picturesUrl()).origin),
      },
    }),
  }),
  route({
    id: 'getConsoleFile',
    method: 'get',
    path: '/console/{file}',
    tag,
    summary: 'Load a part of the console',
    right: 'public',
    returnsOther: { 'text/css': 'Styles', 'text/javascript': 'The script' },
    errors: ['not_found'],
    handle: async ({ request, params }) => {
      const { file = '' } = params
      const { script, styles } = await files()
      if (file === `console-${script.etag}.js`) return send(request, script, true)
      if (file === 'console.css') return send(request, styles)
      throw new ApiError('not_found')
    },
  }),
]

type Files = { script: Held; styles: Held }

let made: Promise<Files> | undefined
function files(): Promise<Files> {
  made ??= scriptText().then((text) => ({
    script: held('text/javascript; charset=utf-8', Buffer.from(text)),
    styles: held('text/css; charset=utf-8', Buffer.from(style)),
  }))
  return made
}

const tagOf = async (): Promise<string> => (await files()).script.etag

/** On Lambda the script lies beside the code; here it is made of `console/` when somebody asks first. */
async function scriptText(): Promise<string> {
  const built = builtFile('console.js')
  if (built !== undefined) return built
  const { consoleScript } = (await import(
    new URL('../infra/console.ts', import.meta.url).href
  )) as {
    consoleScript: () => Promise<string>
  }
  return consoleScript()
}

export const app = createApp(routes)
export const handler = lambdaHandler(app)
