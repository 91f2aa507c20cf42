import { isId } from '#lib/base/ids.ts'
import { remainsScope } from '#lib/store/event-scope.ts'
import type { EventScope } from '#lib/table/scope.ts'

const id = (kind: string): string => `${kind}_${'a'.repeat(26)}`
const forever = Number.MAX_SAFE_INTEGER

/** A scope to make samples of keys in: what stands where in them is told by these alone. */
export const sample = remainsScope({ org: id('org'), deadline: forever }, id('evt'))
/** Any value in a sample of a key. */
export const any = 'x'

/** What kind of partition a key is of, in whose event, and the values in it. */
export type Form = { form: string; args: string[]; org: string; event: string }

export function formOf(pk: string): Form {
  const parts = pk.split('#')
  const [org = '', event = ''] = parts
  if (!isId('organisation', org)) return formed('', parts, ['', ''])
  if (!isId('event', event)) return formed('o', parts.slice(1), [org, ''])
  return formed('e', parts.slice(2), [org, event])
}

const formed = (level: string, parts: string[], [org, event]: [string, string]): Form => ({
  form: `${level} ${parts[0] ?? ''} ${parts.length}`,
  args: parts.slice(1),
  org,
  event,
})

const scopes = new Map<string, EventScope>()

/** A scope inside an event, or an organisation with an event of no name. */
export function scopeIn({ org, event }: Pick<Form, 'org' | 'event'>): EventScope {
  const name = `${org}#${event}`
  const known = scopes.get(name) ?? remainsScope({ org, deadline: forever }, event)
  scopes.set(name, known)
  return known
}
