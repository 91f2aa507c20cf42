import { expect, it } from 'vitest'
import { decodePicture } from '#lib/base/images/decode.ts'
import { maliciousFiles } from '#test/support/malicious-files.ts'
import { photo } from '#test/support/photos.ts'
import { type RejectedFile, rejectedFiles } from '#test/support/rejected-files.ts'

const megabyte = 1024 * 1024
const files = await rejectedFiles()

const answer = ({ bytes }: RejectedFile) =>
  decodePicture(bytes, { field: 'upload_picture.url' }).then(
    () => 'accepted',
    (error) => ({ reason: error.reason, detail: error.detail }),
  )

it('has at least forty hostile files to refuse', () => {
  expect(files.length).toBeGreaterThanOrEqual(40)
})

for (const file of files) {
  it(`refuses ${file.name}`, async () => {
    expect(await answer(file)).toEqual({
      reason: file.reason,
      detail: { field: 'upload_picture.url' },
    })
  })
}

for (const { name, bytes } of await maliciousFiles()) {
  it(`takes the sting out of ${name}`, async () => {
    const picture = await decodePicture(bytes)
    expect(picture.bytes.includes('alert(1)')).toBe(false)
    expect(picture.bytes.length).toBeLessThan(10_000)
  })
}

it('stays lean however often malicious files come', async () => {
  const good = await photo({ width: 300, height: 300 })
  for (const file of files) await answer(file)
  const before = process.memoryUsage.rss()
  for (let round = 0; round < 10; round++) {
    for (const file of files) await answer(file)
  }
  expect(process.memoryUsage.rss() - before).toBeLessThan(150 * megabyte)
  await expect(decodePicture(good)).resolves.toMatchObject({ side: 300 })
})
