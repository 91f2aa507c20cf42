import { millisOf } from '#lib/base/time.ts'
import type { Export } from '#lib/model/export.ts'

/** An export, and the address at which its file is read, if there is one. */
export type SignedExport = { one: Export; url?: string }

/** Signed as of the moment when the file came to be, so that the address holds for as long as the file. */
export async function signed(one: Export): Promise<SignedExport> {
  const { file, finishedAt, expiresAt } = one
  if (one.status !== 'done' || !file || !finishedAt || !expiresAt) return { one }
  const seconds = Math.floor((millisOf(expiresAt) - millisOf(finishedAt)) / 1000)
  const { signedAddress } = await import('#lib/table/upload.ts')
  return { one, url: await signedAddress(file, new Date(finishedAt), seconds) }
}
