import { type Fields, isFields, type Schema } from '#lib/http/body.ts'
import type { Field } from '#lib/model/custom-field.ts'
import type { ReadColumn, WriteCell } from './csv.ts'

type Shape = Schema & {
  entries?: Record<string, Shape>
  wrapped?: Shape
  item?: Shape
  options?: Shape[]
}

/**
 * The columns of a CSV for a body: its field names, with dots for what is nested; `external_ids.<system>`;
 * `custom.<name or id of a field>`; `;` between the items of a list, of which an object is named by its first field.
 */
export const columnsOf =
  (body: Schema, customFields: Field[]): ReadColumn =>
  (name) => {
    const [head = '', ...rest] = name.split('.')
    const tail = rest.join('.')
    if (head === 'external_ids' && tail !== '') return externalCell(tail)
    if (head === 'custom') return customCell(tail, customFields)
    // That the row comes from an answer is all that they say.
    if (head === 'timestamps') return setAt([head], () => ({}))
    return cellAt(body as Shape, name.split('.'), [])
  }

const externalCell =
  (id_system: string): WriteCell =>
  (fields, id) => {
    const others = Array.isArray(fields.external_ids) ? fields.external_ids : []
    fields.external_ids = [...others, { id_system, id: id.trim() }]
  }

/** As an export names a column whose values are no texts. */
const typed: [end: string, read: (text: string) => unknown][] = [
  ['#number', (text) => numberOr(text)],
  ['#boolean', (text) => truthOr(text)],
  ['#list', (text) => itemsOf(text)],
]

function customCell(name: string, known: Field[]): WriteCell | undefined {
  const plain = customField(name, known, (text) => text)
  if (plain) return plain
  const [end = '', read] = typed.find(([one]) => name.endsWith(one)) ?? []
  return read && customField(name.slice(0, -end.length), known, read)
}

function customField(
  name: string,
  known: Field[],
  read: (text: string) => unknown,
): WriteCell | undefined {
  const named = known.filter((field) => field.name === name)
  const field = known.find(({ id }) => id === name) ?? (named.length === 1 ? named[0] : undefined)
  const key = field?.id ?? known.find(hasExternal(name))?.id
  return key === undefined ? undefined : setAt(['custom_fields_meta', key], read)
}

const hasExternal = (sent: string) => (field: Field) =>
  field.externalIds.some(({ id }) => id === sent)

function cellAt(schema: Shape, path: string[], done: string[]): WriteCell | undefined {
  const plain = unwrapped(schema)
  const [next, ...rest] = path
  if (next === undefined) return setAt(done, reader(plain))
  // What only answers have may come back, and is left alone.
  if (plain.type === 'unknown') return () => undefined
  const inner =
    plain.entries && Object.hasOwn(plain.entries, next) ? plain.entries[next] : undefined
  return inner && cellAt(inner, rest, [...done, next])
}

const unwrapped = (schema: Shape): Shape => (schema.wrapped ? unwrapped(schema.wrapped) : schema)

function reader(schema: Shape): (text: string) => unknown {
  if (schema.type === 'unknown') return () => undefined
  if (schema.type === 'number') return numberOr
  if (schema.type === 'boolean') return truthOr
  const [list, under] = listIn(schema)
  if (!list) return (text) => text
  const first = Object.keys(unwrapped(list).entries ?? {})[0]
  const item = (text: string) => (first === undefined ? text : { [first]: text })
  return (text) => {
    const found = itemsOf(text).map(item)
    return under === undefined ? found : { [under]: found }
  }
}

const numberOr = (text: string): unknown => (isNumber(text) ? Number(text) : text)
const truthOr = (text: string): unknown =>
  ({ true: true, false: false })[text.trim().toLowerCase()] ?? text

/** Items with `;` between them, or a JSON list of texts: an export writes one where an item holds a `;`. */
function itemsOf(text: string): string[] {
  const listed = /^\s*\["/.test(text) ? jsonList(text) : undefined
  const items = text.split(';').map((one) => one.trim())
  return listed ?? items.filter((one) => one !== '')
}

function jsonList(text: string): string[] | undefined {
  try {
    const read: unknown = JSON.parse(text)
    return Array.isArray(read) && read.every((one) => typeof one === 'string') ? read : undefined
  } catch {
    return undefined
  }
}

const isNumber = (text: string) => /^\s*-?\d+(\.\d+)?(e[+-]?\d+)?\s*$/i.test(text)

/** The item of a list, which may be the only field of an object (`assign_agenda`). */
function listIn(schema: Shape): [item: Shape | undefined, under?: string] {
  if (schema.type === 'array') return [schema.item && unwrapped(schema.item)]
  const [only, ...more] = Object.entries(schema.entries ?? {})
  if (!only || more.length > 0) return [undefined]
  const inner = unwrapped(only[1])
  return inner.type === 'array' ? [inner.item && unwrapped(inner.item), only[0]] : [undefined]
}

const setAt =
  (path: string[], read: (text: string) => unknown): WriteCell =>
  (fields, text) => {
    const value = read(text)
    if (value === undefined) return
    let at = fields
    for (const name of path.slice(0, -1)) {
      const inner = at[name]
      const next: Fields = isFields(inner) ? inner : {}
      at[name] = next
      at = next
    }
    at[path.at(-1) ?? ''] = value
  }
