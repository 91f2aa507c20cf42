import type { Route } from '#lib/http/route.ts'

type Answered = { status: number; headers: Record<string, string>; text: string }

const always: Record<string, RegExp> = {
  'x-request-id': /^[\w-]{8,}$/,
  'x-content-type-options': /^nosniff$/,
  'referrer-policy': /^no-referrer$/,
}
const unlessFile: Record<string, RegExp> = {
  'cache-control': /^no-store$/,
  'content-security-policy': /^default-src 'none'$/,
}

/**
 * What contract §1 says of every answer, whatever the route: its headers, an entity tag on JSON that GET
 * gives, and no text of a token but where one is made. Gives what is wrong, or undefined.
 */
export function brokenRule(route: Route | undefined, reply: Answered): string | undefined {
  const file = route?.returnsOther !== undefined && [200, 304].includes(reply.status)
  const wanted = { ...always, ...(file ? {} : unlessFile) }
  for (const [name, shape] of Object.entries(wanted)) {
    const value = reply.headers[name] ?? ''
    if (!shape.test(value)) return `has the header ${name}: ${value || 'none'}`
  }
  if (route?.id !== 'createToken' && /plk_[a-z0-9]+_/i.test(reply.text)) return 'repeats a token'
  const tagged = route?.method === 'get' && route.right !== 'public' && reply.status === 200
  if (!tagged || !/json/.test(reply.headers['content-type'] ?? '')) return undefined
  return /^"[^"]+"$/.test(reply.headers.etag ?? '') ? undefined : 'has no strong ETag'
}
