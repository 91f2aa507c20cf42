type Row = Record<string, unknown>

/** A row as the wire and the stream spell it, `{ name: { S: 'Ada' } }`, in plain values. */
export const plainRow = (item: Row): Row =>
  Object.fromEntries(Object.entries(item).map(([name, value]) => [name, plainValue(value as Row)]))

function plainValue(value: Row): unknown {
  const [type, inner] = Object.entries(value)[0] ?? []
  if (type === 'N') return Number(inner)
  if (type === 'M') return plainRow(inner as Row)
  if (type === 'L') return (inner as Row[]).map(plainValue)
  if (type === 'SS') return new Set(inner as string[])
  return type === 'NULL' ? null : inner
}
