import * as v from 'valibot'
import { ApiError } from '#lib/base/errors.ts'
import { externalSystem } from '#lib/base/text.ts'
import { isOwnSystem } from '#lib/model/external-id.ts'
import { parse } from './body.ts'
import type { Route } from './route.ts'

const timestampFormat = v.optional(
  v.picklist(['iso', 'integer'], 'Expected iso or integer.'),
  'iso',
)

/** Query parameters that the route knows; one that is repeated is refused, unknown ones are ignored. */
export function queryOf(request: Request, route: Route): Record<string, unknown> {
  const sent = new URL(request.url).searchParams
  const entries = { ...route.query, timestamp_format: timestampFormat }
  for (const name of Object.keys(entries)) {
    if (sent.getAll(name).length < 2) continue
    const errors = [{ field: name, message: 'Sent more than once.' }]
    throw new ApiError('invalid_query', { field: name, errors })
  }
  const known = [...sent].filter(([name]) => Object.hasOwn(entries, name))
  return parse(v.object(entries), Object.fromEntries(known), '', 'invalid_query')
}

/** The system of the header `ext_id_system`, unless it is our own or absent. */
export function systemOf(request: Request): string | undefined {
  const sent = request.headers.get('ext_id_system') ?? request.headers.get('ext-id-system')
  if (sent === null || sent === '' || isOwnSystem(sent)) return undefined
  return parse(externalSystem, sent, 'ext_id_system', 'invalid_header')
}
