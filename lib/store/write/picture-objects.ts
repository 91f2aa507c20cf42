import type { Picture as Content } from '#lib/base/images/decode.ts'
import { newBlobKey, type Picture, type PictureRef, thumbOf } from '#lib/model/picture.ts'
import { completeWrites, getJob, type NewJob, newJob } from '#lib/store/queue.ts'
import { getPicture } from '#lib/store/read/pictures.ts'
import { unlessConflict } from '#lib/store/unless-conflict.ts'
import {
  type Blob,
  type BlobForm,
  blobTag,
  deleteBlobs,
  getBlob,
  putBlob,
  replaceBlob,
} from '#lib/table/blobs.ts'
import { keys } from '#lib/table/keys.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { transact } from '#lib/table/transact.ts'
import { check, remove, update, type Write } from '#lib/table/writes.ts'

/** Objects that are there, and the job that removes them when no row comes to name them. */
export type StagedObjects = { key: string; job: NewJob }

// Longer than any request lives, so that the job meets only what was left behind.
const graceMs = 90_000

// Every cache may keep a picture for a year and asks each time whether it is still the same one, which costs a
// 304: the address stays when the picture is replaced, and has to show the new one at once.
const cacheControl = 'public, max-age=31536000, no-cache'

/** Stores a picture and its thumbnail under a new key. The job that removes them is written first. */
export async function stageObjects(
  scope: EventScope,
  picture: string,
  content: Content,
): Promise<StagedObjects> {
  const key = newBlobKey(scope, picture)
  const job = newJob(scope, 'settle-picture', { picture, keys: [key] }, graceMs)
  await transact(scope, job.writes)
  const { main, thumb } = halves(content)
  await allEnded([
    putBlob(key, main.bytes, main.form),
    putBlob(thumbOf(key), thumb.bytes, thumb.form),
  ])
  return { key, job }
}

const busy = { error: 'store_busy', detail: { headers: { 'retry-after': '1' } } } as const
const unclaimed = ({ row }: NewJob) => ({ vr: row.vr, equals: { taken: undefined } })

/** The writes that complete the job of staged objects, unless the objects count as left behind by now. */
export const claimWrites = (job: NewJob): Write[] => [
  remove(keys.job(job.id), unclaimed(job), busy),
  remove(keys.queued(job.row.due, job.id)),
]

/** Holds until the objects count as left behind; the job stays. */
export const unclaimedCheck = (job: NewJob): Write => check(keys.job(job.id), unclaimed(job), busy)

/** The results when all have ended: nothing may still be on its way to the store once a failure is answered. */
async function allEnded<T>(work: Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(work)
  return Promise.all(work)
}

/** Removes objects for good, and then the job that would. */
export async function discardObjects(
  scope: EventScope,
  all: string[],
  jobId: string,
): Promise<void> {
  await deleteBlobs(all.flatMap((key) => [key, thumbOf(key)]))
  const job = await getJob(scope, jobId)
  if (job) await unlessConflict(() => transact(scope, completeWrites(job)))
}

/**
 * Puts the bytes of a decided replacement under the picture's lasting key, whoever decided it and however many do
 * this at once: the tag is taken before the row is read, so bytes that are no longer due match no tag.
 */
export async function promoteObject(scope: EventScope, { id, key }: PictureRef): Promise<void> {
  for (let attempt = 0; attempt < 20; attempt += 1) {
    const tags = await Promise.all([blobTag(key), blobTag(thumbOf(key))])
    const row = await getPicture(scope, id)
    if (!row?.staged) return
    if ((await exchanged(key, tags, row.staged)) && (await settled(scope, row))) return
  }
  throw new Error('a picture was replaced faster than it could be shown')
}

type Half = { bytes: Buffer; form: BlobForm }

function halves({ bytes, type, thumb, thumbType }: Content): { main: Half; thumb: Half } {
  return {
    main: { bytes, form: { type, cacheControl } },
    thumb: { bytes: thumb, form: { type: thumbType, cacheControl } },
  }
}

async function exchanged(
  key: string,
  [tag, thumbTag]: (string | undefined)[],
  staged: string,
): Promise<boolean> {
  const [main, thumb] = await Promise.all([getBlob(staged), getBlob(thumbOf(staged))])
  // Missing ones were promoted and removed by somebody else since the row was read.
  if (!main || !thumb) return false
  const done = await allEnded([exchange(key, main, tag), exchange(thumbOf(key), thumb, thumbTag)])
  return done.every(Boolean)
}

async function exchange(key: string, blob: Blob, tag: string | undefined): Promise<boolean> {
  const form = { type: blob.type, cacheControl }
  if (tag !== undefined) return replaceBlob(key, blob.bytes, form, tag)
  // The row is there, so nothing but a mishap can have removed the object.
  await putBlob(key, blob.bytes, form)
  return true
}

/** Notes that the bytes are shown and removes the copy; false when the next replacement was decided meanwhile. */
async function settled(
  scope: EventScope,
  { id, staged = '', plan = '' }: Picture,
): Promise<boolean> {
  const shown = update(
    keys.picture(scope, id),
    { remove: ['staged', 'plan'] },
    { exists: true, equals: { staged } },
    'conflict',
  )
  if (!(await unlessConflict(() => transact(scope, [shown])))) return false
  await discardObjects(scope, [staged], plan)
  return true
}
