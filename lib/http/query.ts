import * as v from 'valibot'
import { ApiError } from '#lib/base/errors.ts'
import { externalSystem } from '#lib/base/text.ts'
import { isOwnSystem } from '#lib/model/external-id.ts'
import { fieldsInQuery, parse, type Schema } from './body.ts'
import { nearest } from './did-you-mean.ts'
import type { HttpRequest } from './messages.ts'
import type { Entries, Route } from './route.ts'

const timestampFormat = v.optional(
  v.picklist(['iso', 'integer'], 'Expected iso or integer.'),
  'iso',
)

type Sent = [name: string, value: string][]

/**
 * The query of a route. What it does not know is refused by name, since a misspelt filter must never mean everybody;
 * what is repeated too; what is empty counts as absent.
 */
export function queryOf(request: HttpRequest, route: Route): Record<string, unknown> {
  const entries: Entries = { ...route.query, timestamp_format: timestampFormat }
  const { queryCredential: credential } = route
  const inBody = fieldsInQuery(route.body)
  const sent = partsOf(request.url)
  const known = [...Object.keys(entries), ...inBody, ...(credential ? [credential] : [])]
  const stray = route.strayQuery ? undefined : sent.find(([name]) => !known.includes(name))
  if (stray) {
    const near = nearest(stray[0], known)
    throw refused(stray[0], `There is no such parameter: known are ${known.join(', ')}.${near}`)
  }
  const own = sent.filter(([name, value]) => Object.hasOwn(entries, name) && value !== '')
  const names = own.map(([name]) => name)
  const repeated = names.find((name, n) => names.indexOf(name) !== n)
  if (repeated !== undefined) throw refused(repeated, 'Sent more than once.')
  const values = own.map(([name, value]) => [name, valueIn(entries[name], value)])
  return parse(v.object(entries), Object.fromEntries(values), '', 'invalid_query')
}

function refused(name: string, message: string): ApiError {
  // Whoever wrote a token as a name is not shown it again.
  const field = /^[\w.[\]$-]{1,64}$/.test(name) && !/pl[kf]_/i.test(name) ? name : ''
  return new ApiError('invalid_query', { field, message, errors: [{ field, message }] })
}

/** Names, decoded, and values as they were sent. */
const partsOf = (url: string): Sent =>
  new URL(url).search
    .slice(1)
    .split('&')
    .filter((part) => part !== '')
    .map((part) => {
      const at = part.indexOf('=')
      return at < 0 ? [decoded(part), ''] : [decoded(part.slice(0, at)), part.slice(at + 1)]
    })

/** Lists are split before they are decoded, so that an item may hold a comma as `%2C`. */
function valueIn(schema: Schema | undefined, sent: string): string | string[] {
  const { type } = (schema as { wrapped?: Schema } | undefined)?.wrapped ?? schema ?? {}
  return type === 'array' ? sent.split(',').map(decoded) : decoded(sent)
}

/** As a form is decoded: `+` is a blank, and what is no UTF-8 is replaced. */
const decoded = (text: string): string =>
  new URLSearchParams(`x=${text.replaceAll('&', '%26')}`).get('x') ?? ''

/** The system of the header `ext_id_system`, unless it is our own or absent. */
export function systemOf(request: HttpRequest): string | undefined {
  const sent = request.headers.get('ext_id_system') ?? request.headers.get('ext-id-system')
  if (!sent || isOwnSystem(sent)) return undefined
  return parse(externalSystem, sent, 'ext_id_system', 'invalid_header')
}
