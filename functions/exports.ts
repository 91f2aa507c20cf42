import * as v from 'valibot'
import { log } from '#lib/base/log.ts'
import { single, write } from '#lib/http/answer.ts'
import { createApp } from '#lib/http/app.ts'
import { callExport } from '#lib/http/exporting/call.ts'
import { lambdaHandler } from '#lib/http/lambda.ts'
import { page, pageOf, pageQuery } from '#lib/http/page.ts'
import { type EventCall, eventRoute, type Route } from '#lib/http/route.ts'
import type { Export, WantedExport } from '#lib/model/export.ts'
import { createExport, listExports, requireExport } from '#lib/store/exports/exports.ts'
import { signed } from '#lib/store/exports/signed.ts'
import { ExportAnswer, ExportBody, printExport } from '#lib/wire/exported/export.ts'

const tag = 'Exports'
const path = '/events/{event}/exports'
// A file holds everything at once: it is for those who write the event.
const right = 'event:write'

export const routes: Route[] = [
  eventRoute({
    id: 'createExport',
    method: 'post',
    path,
    tag,
    summary: 'Have all people, sessions, scans … of an event written into a file',
    description:
      'Answered at once: the file is there when `status` is `done`, then `url` leads to it. Ids and times are those that the request asks for.',
    right,
    body: { wrapper: 'export', schema: ExportBody },
    later: { description: 'It will be written.', schema: ExportAnswer },
    errors: ['too_many_objects'],
    example: { kind: 'people', format: 'csv' },
    handle: async (call) => {
      const { kind: what, format } = call.body
      const wanted = { what, format: format ?? 'csv', ...presented(call) } satisfies WantedExport
      const answer = (one: Export) => ({ status: 202, body: printExport(call.view, { one }) })
      let made: Export | undefined
      const answered = await write(call, answer, async (scope) => {
        made = await createExport(scope, wanted)
        return made
      })
      if (made) await begin(call, made)
      return answered
    },
  }),
  eventRoute({
    id: 'listExports',
    method: 'get',
    path,
    tag,
    summary: 'List the exports of the last 24 hours, the newest first',
    right,
    query: pageQuery(1000),
    returns: v.array(ExportAnswer),
    errors: ['invalid_cursor'],
    handle: async (call) => {
      const found = await listExports(call.scope, pageOf(call.query, 'keys'))
      const rows = await Promise.all(found.rows.map(signed))
      return page(call, printExport, { ...found, rows })
    },
  }),
  eventRoute({
    id: 'getExport',
    method: 'get',
    path: `${path}/{export_id}`,
    tag,
    summary: 'Read how far an export is, and where its file is',
    description:
      'The address in `url` opens the file without a token until `expires`. On AWS it may end some hours earlier, with the credentials that signed it: then read it here anew.',
    right,
    returns: ExportAnswer,
    errors: ['export_not_found'],
    handle: async (call) => {
      const found = await requireExport(call.scope, call.params.export_id ?? '')
      return single(call, printExport, await signed(found))
    },
  }),
]

const presented = ({ view: { format, system } }: EventCall) => ({
  times: format,
  ...(system !== undefined && { system }),
})

/** Whoever is not called now is found by the schedule. */
async function begin({ scope: { org, event } }: EventCall, { id }: Export): Promise<void> {
  await callExport({ org, event, id }).catch((error) =>
    log('warn', 'an export waits for the schedule', { event, export: id, text: String(error) }),
  )
}

export const app = createApp(routes)
export const handler = lambdaHandler(app)
