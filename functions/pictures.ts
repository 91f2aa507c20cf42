import * as v from 'valibot'
import { preconditionOf, write } from '#lib/http/answer.ts'
import { createApp } from '#lib/http/app.ts'
import { lambdaHandler } from '#lib/http/lambda.ts'
import { page, pageOf, pageQuery } from '#lib/http/page.ts'
import { eventRoute, type Route } from '#lib/http/route.ts'
import { listPictures, requirePicture } from '#lib/store/read/pictures.ts'
import { createPicture, replacePicture, touchPicture } from '#lib/store/write/pictures.ts'
import { deletePicture } from '#lib/store/write/remove-picture.ts'
import { PictureAnswer, PictureBody, printPicture, printVersion } from '#lib/wire/picture.ts'
import { answered, requireUpload, sentPicture, uploadIn } from './pictures/sent.ts'

const tag = 'Pictures'
const example = {
  resource: {
    resource_type: 'picture',
    upload_picture: { url: 'https://example.com/ada.jpg', trim: '0x0:400x400' },
  },
}
const body = { wrapper: 'resource', schema: PictureBody, raw: ['image/jpeg', 'image/png'] }
const query = { trim: v.optional(v.string()) }
const uploadErrors = [
  'picture_url_refused',
  'picture_fetch_failed',
  'invalid_picture',
  'picture_too_large',
  'invalid_trim',
  'trim_required',
] as const
const force = v.optional(v.picklist(['true', 'false'], 'Expected true or false.'), 'false')

/** The routes under one of the two paths of the same pictures; `of` goes into their ids. */
const routesUnder = (path: string, of: string): Route[] => [
  eventRoute({
    id: `list${of}Pictures`,
    method: 'get',
    path,
    tag,
    summary: 'List the pictures of an event',
    right: 'event:read',
    query: pageQuery(1000),
    returns: v.array(PictureAnswer),
    errors: ['invalid_cursor'],
    handle: async (call) =>
      page(call, printPicture, await listPictures(call.scope, pageOf(call.query, 'uuid'))),
  }),
  eventRoute({
    id: `upload${of}Picture`,
    method: 'post',
    path,
    tag,
    summary: 'Upload a picture: by its URL, or as the body itself',
    right: 'event:write',
    body,
    query,
    returns: PictureAnswer,
    errors: [...uploadErrors, 'reserved_id'],
    example,
    handle: async (call) => {
      const upload = await requireUpload(call, await sentPicture(call.request))
      return write(call, answered(call), (scope) => createPicture(scope, upload))
    },
  }),
  eventRoute({
    id: `get${of}Picture`,
    method: 'get',
    path: `${path}/{resource_id}`,
    tag,
    summary: 'Read where a picture is and where it came from',
    right: 'event:read',
    returns: PictureAnswer,
    errors: ['picture_not_found'],
    handle: async (call) =>
      answered(call)(await requirePicture(call.scope, call.params.resource_id ?? '')),
  }),
  eventRoute({
    id: `replace${of}Picture`,
    method: 'put',
    path: `${path}/{resource_id}`,
    tag,
    summary: 'Replace a picture; its filename and its url stay',
    right: 'event:write',
    body,
    query,
    returns: PictureAnswer,
    errors: [...uploadErrors, 'picture_not_found', 'id_mismatch'],
    example,
    handle: async (call) => {
      const current = await requirePicture(call.scope, call.params.resource_id ?? '')
      const precondition = preconditionOf(call, printVersion)
      precondition(current)
      const upload = await uploadIn(call, await sentPicture(call.request), current)
      return write(call, answered(call), (scope) =>
        upload
          ? replacePicture(scope, current.id, upload, precondition)
          : touchPicture(scope, current.id, precondition),
      )
    },
  }),
  eventRoute({
    id: `delete${of}Picture`,
    method: 'delete',
    path: `${path}/{resource_id}`,
    tag,
    summary: 'Delete a picture; one that people use only with force=true',
    right: 'event:write',
    query: { force },
    returns: PictureAnswer,
    errors: ['picture_not_found', 'picture_in_use'],
    handle: async (call) => {
      const id = call.params.resource_id ?? ''
      const force = call.query.force === 'true'
      const precondition = preconditionOf(call, printVersion)
      return write(call, answered(call), (scope) => deletePicture(scope, id, force, precondition))
    },
  }),
]

export const routes: Route[] = [
  ...routesUnder('/event/{event}/resources/pictures', ''),
  ...routesUnder('/events/{event}/resources/pictures', 'Event'),
]

export const app = createApp(routes)
export const handler = lambdaHandler(app)
