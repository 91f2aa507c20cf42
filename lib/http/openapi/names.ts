import type { Schema } from '#lib/http/body.ts'
import type { Route } from '#lib/http/route.ts'

/** Component names of answers, taken from the routes that read them: `getEvent` → `Event`. */
export function answerNames(routes: Route[]): Map<Schema, string> {
  const names = new Map<Schema, string>()
  const taken = new Set(['Error'])
  const readFirst = routes.toSorted((a, b) => rank(a) - rank(b))
  for (const { id, returns } of readFirst) {
    const { type, item } = (returns ?? {}) as { type?: string; item?: Schema }
    const schema = type === 'array' ? item : returns
    if (!schema || names.has(schema) || !/object$/.test(schema.type)) continue
    const noun = id.startsWith('batch') ? 'BatchReport' : id.replace(/^[a-z]+/, '')
    const short = type === 'array' ? singular(noun) : noun
    const name = [short, `${short}Answer`, capital(id)].find((one) => one && !taken.has(one))
    if (!name) throw new Error(`No name is left for the answer of ${id}`)
    taken.add(name)
    names.set(schema, name)
  }
  return names
}

/** Whatever reads one thing names it best, then what lists them. */
const rank = ({ id }: Route) => (id.startsWith('get') ? 0 : id.startsWith('list') ? 1 : 2)

/** Route id → component name of its body; routes with one schema and mode share it. */
export function bodyNames(routes: Route[]): Map<string, string> {
  const names = new Map<string, string>()
  const owners = new Map<string, Route>()
  for (const route of routes) {
    if (!route.body) continue
    // Not "Body": generators of clients name theirs so, by the operation.
    const kind = route.body.mode === 'patch' ? 'Patch' : 'Input'
    const wanted = [route.body.wrapper ?? route.id, route.id].map((one) => capital(one) + kind)
    const name = wanted.find((one) => {
      const owner = owners.get(one)
      return !owner || owner.body?.schema === route.body?.schema
    })
    if (!name) throw new Error(`No name is left for the body of ${route.id}`)
    owners.set(name, route)
    names.set(route.id, name)
  }
  return names
}

const capital = (text: string): string =>
  text.replace(/(?:^|_)([a-zA-Z])/g, (_, letter: string) => letter.toUpperCase())
const singular = (noun: string): string =>
  noun
    .replace(/People$/, 'Person')
    .replace(/ies$/, 'y')
    .replace(/(ch|sh|x|ss)es$/, '$1')
    .replace(/([^s])s$/, '$1')
