import { Readable } from 'node:stream'
import { GetObjectCommand } from '@aws-sdk/client-s3'
import { Upload } from '@aws-sdk/lib-storage'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { bucketName } from '#lib/base/config.ts'
import { s3Client } from './s3.ts'

export type FileForm = { type: string; name: string }

/**
 * Stores what comes piece by piece, five megabytes of it in memory at a time and as many on their way. The object is there
 * when all of it is, and not at all when the source fails.
 */
export async function uploadFile(
  Key: string,
  source: AsyncIterable<Buffer>,
  { type, name }: FileForm,
): Promise<void> {
  const upload = new Upload({
    client: s3Client(),
    queueSize: 1,
    partSize: 5 * 1024 * 1024,
    params: {
      Bucket: bucketName(),
      Key,
      Body: Readable.from(source, { objectMode: false }),
      ContentType: type,
      CacheControl: 'private, no-store',
      ContentDisposition: `attachment; filename="${name}"`,
    },
  })
  await upload.done()
}

/** An address at which anybody reads the object: the same while the credentials are that sign it. */
export const signedAddress = (Key: string, from: Date, expiresIn: number): Promise<string> =>
  getSignedUrl(s3Client(), new GetObjectCommand({ Bucket: bucketName(), Key }), {
    signingDate: from,
    expiresIn,
  })
