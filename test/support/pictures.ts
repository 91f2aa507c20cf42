import { pictureAnswer } from '#infra/local/pictures.ts'
import { setPictureSource } from '#lib/store/write/picture-source.ts'
import { call } from './call.ts'
import { engines } from './engines.ts'
import type { EventClient } from './factories.ts'
import { serving } from './hostile-hosts.ts'
import { photo } from './photos.ts'
import { pictureHosts } from './picture-hosts.ts'

export const jpeg = { 'content-type': 'image/jpeg' }
export const png = { 'content-type': 'image/png' }
export const square = (side = 16) => photo({ width: side, height: side })

/** Requests to the pictures of an event, under the path of the document. */
export const picturesOf = ({ id, token }: Pick<EventClient, 'id' | 'token'>, prefix = 'event') => {
  const base = `/${prefix}/${id}/resources/pictures`
  return {
    ask: (method: string, path = '', body?: unknown, headers: Record<string, string> = {}) =>
      call(method, base + path, { token, headers, ...(body !== undefined && { body }) }),
    /** Uploads a square as the body itself and gives the answer's body. */
    add: async (bytes?: Buffer) =>
      (await call('POST', base, { token, headers: jpeg, body: bytes ?? (await square()) })).body,
  }
}

/** A picture host at `http://photos.example` for as long as a test runs, and what it was asked for. */
export async function photoHost() {
  const serve = serving(await photo({ width: 30, height: 30 }))
  const asked: string[] = []
  const hosts = await pictureHosts(
    (socket, path) => {
      asked.push(path)
      serve(socket, path)
    },
    { 'inside.example': [['10.0.0.7']] },
  )
  const giveBack = setPictureSource(hosts)
  const end = async () => {
    giveBack()
    await hosts.close()
  }
  return { asked, canary: hosts.canary, end }
}

/** What a browser gets from the address of a picture. */
export async function visit(url: string, headers: Record<string, string> = {}) {
  const { s3 } = await engines()
  const request = { method: 'GET', headers } as never
  const answer = await pictureAnswer(s3.objects, request, new URL(url).pathname)
  return { ...answer, headers: Object.fromEntries(answer.headers) }
}

/** Keys of all objects of an event. */
export async function objectsOf(event: string): Promise<string[]> {
  const { s3 } = await engines()
  return s3.objects.list(`${event}/`, '', 10_000).metas.map(({ key }) => key)
}

type Deed = 'put' | 'delete'

/** Lets something happen, or fail, whenever the object store is about to change an object; ended by the caller. */
export async function beforeObjects(
  happen: (deed: Deed, key: string) => void,
): Promise<() => void> {
  const { objects } = (await engines()).s3
  const { put, delete: remove } = objects
  objects.put = async (key, ...rest) => {
    happen('put', key)
    return put(key, ...rest)
  }
  objects.delete = (key) => {
    happen('delete', key)
    remove(key)
  }
  return () => Object.assign(objects, { put, delete: remove })
}
