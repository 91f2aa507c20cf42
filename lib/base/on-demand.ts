import { createRequire } from 'node:module'

const load = createRequire(import.meta.url)

/**
 * A package that is read when it is first asked for, without waiting: few requests need it, and a start takes as long as
 * what it reads. Beside a bundle it is a file of its own (infra/bundle.ts).
 */
export function onDemand<T>(name: 'sanitize-html' | 'temporal-polyfill'): () => T {
  let loaded: T | undefined
  return () => {
    loaded ??= load(name) as T
    return loaded
  }
}
