type Operation = { tags?: string[]; summary?: string; operationId?: string }
type Paths = Record<string, Record<string, Operation>>

/** Every request of a document as HTML: readable before any script, and without one. */
export function contentsOf(document: string): string {
  const { paths }: { paths: Paths } = JSON.parse(document)
  const rows = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, ...operation })),
  )
  const parts = [...Map.groupBy(rows, ({ tags }) => tags?.[0] ?? '')].map(
    ([tag, operations]) =>
      `<h2>${escaped(tag)}</h2>\n<ul>\n${operations.map((one) => row(one)).join('\n')}\n</ul>`,
  )
  return parts.join('\n')
}

const row = ({ path, method, summary }: Operation & { path: string; method: string }): string =>
  `<li><code><b>${escaped(method.toUpperCase())}</b> ${escaped(path)}</code><p>${escaped(summary ?? '')}</p></li>`

const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`)
