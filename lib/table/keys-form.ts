import { createHash } from 'node:crypto'

export type Key = { pk: string; sk: string }

/** Integer ids in the order of their numbers. */
export const ten = (id: number): string => String(id).padStart(10, '0')
export const twelve = (sequence: number): string => String(sequence).padStart(12, '0')

/**
 * Ids have passed their grammar; free text enters a key only through here, so no delimiter of a client's making ever
 * reaches one.
 */
export const free = (text: string): string => {
  const escaped = encodeURIComponent(text)
  return escaped.length <= 200 ? escaped : `~${createHash('sha256').update(text).digest('hex')}`
}
