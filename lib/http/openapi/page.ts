import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Answer } from '#lib/http/route.ts'
import { besideCode } from './files.ts'

/** The files of swagger-ui-dist that the page needs, and nothing else of that folder is ever read. */
export const pageFiles = {
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
  'swagger-ui-bundle.js.LICENSE.txt': 'text/plain; charset=utf-8',
  'swagger-ui.css': 'text/css; charset=utf-8',
  'favicon-32x32.png': 'image/png',
} as const

/** Everything under /reference by name; undefined for what is not on the list. */
export function pageFile(name: string): Held | undefined {
  const made = kept.get(name) ?? load(name)
  if (made) kept.set(name, made)
  return made
}

export type Held = { type: string; raw: Buffer; gzip: Buffer; etag: string }

/** Keeps a text or file in both encodings, so that each is made once. */
export function held(type: string, raw: Buffer): Held {
  const etag = createHash('sha256').update(raw).digest('base64url').slice(0, 27)
  return { type, raw, gzip: gzipSync(raw), etag }
}

/** Answers in the encoding that the client takes; the two have different entity tags (RFC 9110, 8.8.3). */
export function send(request: Request, { type, raw, gzip, etag }: Held, cached = false): Answer {
  const zipped = /\bgzip\b/.test(request.headers.get('accept-encoding') ?? '')
  return {
    status: 200,
    bytes: zipped ? gzip : raw,
    headers: {
      'content-type': type,
      etag: `"${etag}${zipped ? '-gzip' : ''}"`,
      vary: 'accept-encoding',
      ...(zipped && { 'content-encoding': 'gzip' }),
      ...(cached && { 'cache-control': 'public, max-age=2592000' }),
    },
  }
}

/** The page: only own scripts run, and Try It reaches only this API. */
export const pageHeaders = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
}

/** `prefix` is one of ours, never text of a client's; `version` makes a new release miss the cache. */
export const page = (prefix: string, version: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Plenary API</title>
<link rel="icon" type="image/png" href="${prefix}/reference/favicon-32x32.png?v=${version}">
<link rel="stylesheet" href="${prefix}/reference/swagger-ui.css?v=${version}">
<link rel="stylesheet" href="${prefix}/reference/page.css?v=${version}">
</head>
<body>
<noscript>The machine-readable document is at <a href="${prefix}/openapi.json">openapi.json</a>.</noscript>
<main id="reference" data-document="${prefix}/openapi.json"></main>
<script src="${prefix}/reference/swagger-ui-bundle.js?v=${version}"></script>
<script src="${prefix}/reference/page.js?v=${version}"></script>
</body>
</html>
`

const script = `SwaggerUIBundle({
  url: document.getElementById('reference').dataset.document,
  dom_id: '#reference',
  deepLinking: true,
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  docExpansion: 'list',
  filter: true,
  persistAuthorization: false,
  syntaxHighlight: { activated: true },
  tryItOutEnabled: true,
  validatorUrl: null,
})
// A click on what unfolds in a tag's heading is not a click on the heading, which folds its routes.
document.addEventListener('click', (event) => {
  if (event.target.closest('.opblock-tag details')) event.stopPropagation()
}, true)
`

const style = `body { margin: 0 }
.swagger-ui .info summary { cursor: pointer; font-size: 1.2rem; font-weight: bold; margin: 1rem 0 }
.swagger-ui .opblock-tag { align-items: baseline }
.swagger-ui .opblock-tag summary { cursor: pointer; margin-top: 0.25rem }
.swagger-ui .opblock-tag li { margin: 0.25rem 0 }
.swagger-ui .info details h2 { font-size: 1rem; margin: 1rem 0 0.25rem }
.swagger-ui .info table { width: auto; min-width: 40rem }
.swagger-ui .info table :is(th, td) { padding: 0.15rem 0.75rem 0.15rem 0; vertical-align: baseline }
.swagger-ui .info table td code { background: none; margin: 0; padding: 0 }
`

const kept = new Map([
  ['page.js', held('text/javascript; charset=utf-8', Buffer.from(script))],
  ['page.css', held('text/css; charset=utf-8', Buffer.from(style))],
])

function load(name: string): Held | undefined {
  if (!Object.hasOwn(pageFiles, name)) return undefined
  const type = pageFiles[name as keyof typeof pageFiles]
  return held(
    type,
    readFileSync(join(besideCode('swagger-ui', 'node_modules/swagger-ui-dist'), name)),
  )
}
