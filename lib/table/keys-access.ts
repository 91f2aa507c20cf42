import { createHash } from 'node:crypto'
import { free, type Key } from './keys-form.ts'
import type { RequestKey, Scope } from './scope.ts'

/** Tokens, feeds by their secret, and answers recorded by key. */
export const accessKeys = {
  token: (hash: string): Key => ({ pk: `K#${hash}`, sk: 'K' }),
  tokenOf: (s: Scope, token: string): Key => ({ pk: `${s.org}#K`, sk: token }),
  tokens: (s: Scope) => `${s.org}#K`,
  tokenBuckets: (s: Scope) => `${s.org}#KB`,

  recorded: ({ org, token, key }: RequestKey): Key => ({
    pk: `${org}#Y#${token}#${free(key)}`,
    sk: '-',
  }),
  /** Says for a day that answers recorded about somebody must not be shown again. */
  erased: ({ org }: Pick<Scope, 'org'>, name: string): Key => ({
    pk: `${org}#YE#${createHash('sha256').update(name).digest('hex')}`,
    sk: '-',
  }),
}
