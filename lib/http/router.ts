import type { Result, Router } from 'hono/router'

type Params = Record<string, string>
type Handled<T> = { method: string; handler: T; order: number }
/** One pattern: a text for what stands there, a number of no meaning for a parameter. */
type Pattern<T> = { segments: string[]; names: (string | undefined)[]; handled: Handled<T>[] }

/**
 * Finds the handlers of an address whose patterns are whole segments, such as `/events/:event/people`, or `/*` for all
 * of them; in the order in which they were added. Patterns of one length are tried from their ends, where they differ.
 */
export function segmentRouter<T>(): Router<T> {
  const everywhere: Handled<T>[] = []
  const patterns = new Map<string, Pattern<T>>()
  const byLength = new Map<number, Pattern<T>[]>()
  let order = 0

  const patternOf = (path: string): Pattern<T> => {
    const known = patterns.get(path)
    if (known) return known
    const segments = path.split('/')
    const names = segments.map((one) => (one.startsWith(':') ? one.slice(1) : undefined))
    const pattern = { segments, names, handled: [] }
    patterns.set(path, pattern)
    byLength.set(segments.length, [...(byLength.get(segments.length) ?? []), pattern])
    return pattern
  }

  return {
    name: 'segments',
    add: (method, path, handler) => {
      const list = path === '*' || path === '/*' ? everywhere : patternOf(path).handled
      list.push({ method, handler, order: order++ })
    },
    match: (method, path): Result<T> => {
      const parts = path.split('/')
      const found: (Handled<T> & { params: Params })[] = []
      const take = (handled: Handled<T>[], params: Params) => {
        for (const one of handled) {
          if (one.method === method || one.method === 'ALL') found.push({ ...one, params })
        }
      }
      take(everywhere, {})
      for (const pattern of byLength.get(parts.length) ?? []) {
        const params = paramsIn(pattern, parts)
        if (params) take(pattern.handled, params)
      }
      found.sort((a, b) => a.order - b.order)
      return [found.map(({ handler, params }): [T, Params] => [handler, params])]
    },
  }
}

function paramsIn<T>({ segments, names }: Pattern<T>, parts: string[]): Params | undefined {
  const params: Params = {}
  for (let n = parts.length - 1; n >= 0; n -= 1) {
    const [part = '', name] = [parts[n], names[n]]
    if (name === undefined ? part !== segments[n] : part === '') return undefined
    if (name !== undefined) params[name] = part
  }
  return params
}
