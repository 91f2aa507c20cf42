import type { Plenary } from './plenary.ts'

type Picture = { resource_id: string; url: string }

/** Uploads a JPEG or PNG picture; `trim` (`AxB:CxD`) says which square of it to take when it is not square. */
export async function uploadPicture(
  client: Plenary,
  event: string,
  picture: Uint8Array,
  { trim }: { trim?: string } = {},
): Promise<Picture> {
  const isPng = picture[0] === 0x89
  const { data } = await client.post({
    url: '/events/{event}/resources/pictures',
    path: { event },
    query: { ...(trim && { trim }) },
    body: picture,
    bodySerializer: null,
    headers: { 'content-type': isPng ? 'image/png' : 'image/jpeg' },
  })
  return data as Picture
}
