import { HeadObjectCommand, NotFound } from '@aws-sdk/client-s3'
import { bucketName } from '#lib/base/config.ts'
import { listBlobs, s3Client } from '#lib/table/s3.ts'
import type { Row } from './facts.ts'
import { objectKey } from './rules/objects.ts'

/** Where objects are looked at: nowhere, in the bucket, or where somebody has found them already. */
export type Objects = 'none' | 'bucket' | Map<string, number>

let source: Objects = 'none'

export function useObjects(objects: Objects): void {
  source = objects
}
export const looksAtObjects = (): boolean => source !== 'none'

const row = (key: string, modified: number): Row => ({ ...objectKey(key), modified })

/** Every object of pictures and exports, as rows. */
export async function* allObjects(): AsyncGenerator<Row> {
  if (source instanceof Map) for (const [key, modified] of source) yield row(key, modified)
  if (source !== 'bucket') return
  for await (const page of listBlobs('')) {
    for (const { key, lastModified } of page) yield row(key, lastModified.getTime())
  }
}

export async function headOf(key: string): Promise<Row[]> {
  if (source instanceof Map) {
    const modified = source.get(key)
    return modified === undefined ? [] : [row(key, modified)]
  }
  try {
    const head = await s3Client().send(new HeadObjectCommand({ Bucket: bucketName(), Key: key }))
    return [row(key, head.LastModified?.getTime() ?? 0)]
  } catch (error) {
    if (error instanceof NotFound) return []
    throw error
  }
}
