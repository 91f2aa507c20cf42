type Row = Record<string, unknown>
export type Fields = ReadonlyMap<string, string>

const ownSystem = 'Plenary'
/** What only one event or installation knows, and what only answers have. */
const leftOut =
  /^(person_id|session_id|timestamps|groups|agenda|favorite_data|personal_settings|profile\.picture_url)\b/

/**
 * An object as a row of a CSV that can be imported anywhere: columns are named as the import takes them, custom fields
 * by their names (`fields`: id → name), ids of this installation left out.
 */
export function flat(row: Row, fields: Fields): Record<string, string> {
  const cells = Object.entries(row).flatMap(([name, value]) => cellsOf(name, value, fields))
  return Object.fromEntries(cells.filter(([name, text]) => text !== '' && !leftOut.test(name)))
}

function cellsOf(name: string, value: unknown, fields: Fields): [string, string][] {
  if (name === 'external_ids') {
    const ids = value as { id_system: string; id: string }[]
    return ids.flatMap(({ id_system: system, id }) =>
      system === ownSystem ? [] : [[`external_ids.${system}`, id] as [string, string]],
    )
  }
  if (name === 'custom_fields_meta') {
    return Object.entries(value as Row).map(([id, text]) => [
      `custom.${fields.get(id) ?? id}`,
      textOf(text),
    ])
  }
  if (isObject(value))
    return Object.entries(value).flatMap(([inner, deep]) =>
      cellsOf(`${name}.${inner}`, deep, fields),
    )
  return [[name, textOf(value)]]
}

/** Lists of objects have no form in a cell. */
const textOf = (value: unknown): string => {
  if (Array.isArray(value)) return value.some(isObject) ? '' : value.join(';')
  return value === null || value === undefined ? '' : String(value)
}

const isObject = (value: unknown): value is Row =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
