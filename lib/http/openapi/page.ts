import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { HttpRequest } from '#lib/http/messages.ts'
import type { Answer } from '#lib/http/route.ts'
import { besideCode } from './files.ts'
import { guideStyle } from './guide-page.ts'
import { icon, script, style } from './look.ts'

const scriptType = 'text/javascript; charset=utf-8'

/** What the page needs of the package; its chunks lie beside it. */
const entry = 'standalone.esm.js'

/** The files as they lie in the package, for whoever ships them. */
export const shippedFiles = [entry, 'chunks']

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
export function send(
  request: HttpRequest,
  { type, raw, gzip, etag }: Held,
  cached = false,
): Answer {
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
    // An element of style that is made empty and filled as a sheet (look.ts); the hash is that of nothing.
    "style-src 'self' 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='",
    "img-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
}

type Shown = { prefix: string; version: string; guides: string; contents: string }

/**
 * `prefix` is one of ours, never text of a client's; `version` makes a new release miss the cache; `contents` is read
 * until the script has drawn the reference, and where no script runs.
 */
export const page = ({ prefix, version, guides, contents }: Shown): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Plenary API</title>
<link rel="icon" type="image/svg+xml" href="${prefix}/reference/icon.svg?v=${version}">
<link rel="preload" as="fetch" crossorigin href="${prefix}/openapi.json">
<link rel="stylesheet" href="${prefix}/reference/page.css?v=${version}">
</head>
<body>
<main id="reference" data-document="${prefix}/openapi.json"></main>
<div id="contents">
<h1>Plenary API</h1>
<p>The machine-readable document is at <a href="${prefix}/openapi.json">openapi.json</a>.</p>
<h2>Guides</h2>
<ul class="guides">${guides}</ul>
${contents}
</div>
<script type="module" src="${prefix}/reference/page.js?v=${version}"></script>
</body>
</html>
`

const kept = new Map([
  ['page.js', held(scriptType, Buffer.from(script))],
  ['page.css', held('text/css; charset=utf-8', Buffer.from(style))],
  ['guide.css', held('text/css; charset=utf-8', Buffer.from(guideStyle))],
  ['icon.svg', held('image/svg+xml', Buffer.from(icon))],
])

function load(name: string): Held | undefined {
  if (name !== entry && !/^chunks\/[\w-][\w.-]*\.js$/.test(name)) return undefined
  const path = join(besideCode('scalar', 'node_modules/@scalar/api-reference/dist/browser'), name)
  return existsSync(path) ? held(scriptType, readFileSync(path)) : undefined
}
