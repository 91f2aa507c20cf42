import { type Group, groups, templatesOf } from '#infra/groups.ts'

export type Route = { group: Group; key: string }

/** The route an HTTP API would choose for a decoded path; undefined stands for `$default`. */
export function routeOf(path: string): Route | undefined {
  const segments = path.split('/').slice(1)
  return table.find(({ parts }) => matches(parts, segments))
}

/** A full match goes before a greedy one; of two alike the one that is literal further left. */
const table = groups
  .flatMap((group) =>
    templatesOf(group).map((template) => {
      return { group, key: `ANY ${template}`, parts: template.split('/').slice(1) }
    }),
  )
  .sort((a, b) => (rank(a.parts) < rank(b.parts) ? -1 : 1))

function rank(parts: string[]): string {
  const greedy = parts.at(-1) === '{proxy+}'
  const kinds = parts.map((part) => (part === '{proxy+}' ? '3' : part.startsWith('{') ? '2' : '1'))
  return (greedy ? '1' : '0') + kinds.join('')
}

function matches(parts: string[], segments: string[]): boolean {
  for (const [index, part] of parts.entries()) {
    const segment = segments[index]
    if (!segment) return false
    if (part === '{proxy+}') return true
    if (!part.startsWith('{') && part !== segment) return false
  }
  return parts.length === segments.length
}
