import * as v from 'valibot'
import { single } from '#lib/http/answer.ts'
import { eventRoute, type Route } from '#lib/http/route.ts'
import { loadExport } from '#lib/store/export/person-export.ts'
import { resolveId } from '#lib/store/external-ids.ts'
import { PersonAnswer } from '#lib/wire/person.ts'
import { printExport } from '#lib/wire/person-export.ts'
import { ProfileAnswer } from '#lib/wire/profile.ts'

const anything = v.record(v.string(), v.unknown())
const rows = v.array(anything)

/** Everything held about one person. */
const ExportAnswer = v.object({
  exported_at: v.union([v.string(), v.number()]),
  person: PersonAnswer,
  picture: v.nullable(anything),
  profile: ProfileAnswer,
  ticket: v.nullable(anything),
  connections: rows,
  meetings: rows,
  meetings_number: v.number(),
  matches: rows,
  networking: rows,
  waitlist: rows,
  badge: v.nullable(v.object({ issued_at: v.union([v.string(), v.number()]) })),
  checkins: rows,
  tokens: rows,
  schedules: rows,
})

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
