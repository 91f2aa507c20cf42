import { single } from '#lib/http/answer.ts'
import { eventRoute, type Route } from '#lib/http/route.ts'
import { loadExport } from '#lib/store/export/person-export.ts'
import { resolveId } from '#lib/store/external-ids.ts'
import { ExportAnswer, printExport } from '#lib/wire/person-export.ts'

export const personalDataRoutes: Route[] = [
  eventRoute({
    id: 'exportPerson',
    method: 'get',
    path: '/events/{event}/people/resources/{person}/export',
    tag: 'People',
    summary: 'Export everything the event holds about a person',
    description:
      'Usage logs are found by the e-mail address of the person. Of more than 2,000 meetings the latest are given, with their notes up to 2 MB; `meetings_number` counts all.',
    right: 'event:write',
    returns: ExportAnswer,
    errors: ['person_not_found'],
    handle: async (call) => {
      const { scope, params, event } = call
      const id = await resolveId(scope, 'person', params.person ?? '')
      return single(call, printExport, await loadExport(scope, event, id))
    },
  }),
]
