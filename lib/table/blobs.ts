import type { Blob, BlobEntry, BlobForm } from './s3.ts'

export type { Blob, BlobEntry, BlobForm }

// The client for S3 is as large as the one for the table, and most requests of most functions ask for no picture: it
// is loaded with the first call.
const s3 = () => import('./s3.ts')

/** Stores bytes under a key; whatever was there is replaced as a whole. */
export async function putBlob(key: string, bytes: Buffer, form: BlobForm): Promise<void> {
  return (await s3()).putBlob(key, bytes, form)
}

/** The entity tag of the bytes under a key, or undefined. */
export async function blobTag(key: string): Promise<string | undefined> {
  return (await s3()).blobTag(key)
}

/** Replaces the bytes under a key only while they are those of the tag; false when they are not. */
export async function replaceBlob(
  ...given: [key: string, bytes: Buffer, form: BlobForm, tag: string]
): Promise<boolean> {
  return (await s3()).replaceBlob(...given)
}

/** The bytes under a key, or undefined. */
export async function getBlob(key: string): Promise<Blob | undefined> {
  return (await s3()).getBlob(key)
}

/** Removes keys, a thousand per call; keys that are not there count as removed. */
export async function deleteBlobs(keys: string[]): Promise<void> {
  if (keys.length > 0) await (await s3()).deleteBlobs(keys)
}

/** All keys with a prefix in the order of their bytes, page by page, from the first one behind `after`. */
export async function* listBlobs(prefix: string, after?: string): AsyncGenerator<BlobEntry[]> {
  yield* (await s3()).listBlobs(prefix, after)
}

/** Removes every object whose key begins so. */
export async function wipeBlobs(prefix: string): Promise<void> {
  for await (const page of listBlobs(prefix)) await deleteBlobs(page.map(({ key }) => key))
}
