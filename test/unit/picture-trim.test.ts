import { expect, it } from 'vitest'
import { decodePicture } from '#lib/base/images/decode.ts'
import { cropOf, parseTrim } from '#lib/base/images/trim.ts'
import { photo } from '#test/support/photos.ts'

it('reads left-top, right-bottom in pixels', () => {
  expect(parseTrim('10x20:110x120')).toEqual({ left: 10, top: 20, side: 100 })
  expect(parseTrim('0x0:1x1')).toEqual({ left: 0, top: 0, side: 1 })
  expect(parseTrim('0x0:10000x10000')).toEqual({ left: 0, top: 0, side: 10_000 })
})

const nonsense = [
  ...['10x10:5x5', '0x0:0x0', '5x5:5x5', '-1x0:10x11', '0x-1:10x9', '0x0:10x11', '0x0:11x10'],
  ...['0x0:10001x10001', '1x1:10001x10001', `0x0:${'9'.repeat(30)}x${'9'.repeat(30)}`, '', ' '],
  ...['0x0', '0x0:', ':10x10', '0:0x10:10', '0x0:10x10:20x20', '0x0:10x10 ', ' 0x0:10x10'],
  ...['0x0:10x10\n', '0.5x0:10.5x10', '1e1x0:20x10', '0X0:10X10', '０x０:１０x１０', '0x0:+10x+10'],
]
for (const text of nonsense) {
  it(`refuses the trim ${JSON.stringify(text).slice(0, 40)} before a picture is decoded`, () => {
    expect(() => parseTrim(text, 'person.upload_picture.trim')).toThrow(
      expect.objectContaining({
        reason: 'invalid_trim',
        detail: { field: 'person.upload_picture.trim' },
      }),
    )
  })
}

it('refuses a trim that leaves the picture by one pixel on any side', () => {
  const size = { width: 60, height: 40 }
  expect(cropOf(size, parseTrim('20x0:60x40'))).toEqual({ left: 20, top: 0, side: 40 })
  for (const text of ['21x0:61x40', '0x1:40x41', '0x0:41x41']) {
    const outside = () => cropOf(size, parseTrim(text))
    expect(outside).toThrow(expect.objectContaining({ reason: 'invalid_trim' }))
  }
})

it('judges a trim by the upright picture', async () => {
  const avatar = await photo({ width: 40, height: 60, orientation: 6 })
  await expect(decodePicture(avatar, { trim: parseTrim('0x20:40x60') })).resolves.toMatchObject({
    side: 40,
  })
  await expect(decodePicture(avatar, { trim: parseTrim('20x0:60x40') })).rejects.toMatchObject({
    reason: 'invalid_trim',
    detail: { field: 'trim' },
  })
})

it('asks for a trim when the picture is not square', async () => {
  const wide = await photo({ width: 60, height: 40 })
  await expect(decodePicture(wide, { trimField: 'upload_picture.trim' })).rejects.toMatchObject({
    reason: 'trim_required',
    detail: { field: 'upload_picture.trim' },
  })
})
