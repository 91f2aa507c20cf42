import { single } from '#lib/http/answer.ts'
import { eventRoute, type Route } from '#lib/http/route.ts'
import { requireBadge } from '#lib/store/door/badges.ts'
import { loadExport } from '#lib/store/export/person-export.ts'
import { requireMe } from '#lib/store/read/profiles.ts'
import { badgePicture } from '#lib/wire/badge-picture.ts'
import { ExportAnswer, printExport } from '#lib/wire/person-export.ts'

const tag = 'Attendees'
const path = '/events/{event}/people/me'

export const ownRoutes: Route[] = [
  eventRoute({
    id: 'getMyBadgePicture',
    method: 'get',
    path: `${path}/badge.svg`,
    tag,
    summary: 'The badge of the caller as a QR code, to be shown at doors',
    right: 'person',
    returnsOther: { 'image/svg+xml': 'A QR code that stands alone.' },
    errors: ['person_not_found', 'badge_not_found'],
    handle: async ({ scope, token }) => {
      const me = await requireMe(scope, token)
      const { badge } = await requireBadge(scope, me.id)
      return badgePicture(badge.code)
    },
  }),
  eventRoute({
    id: 'exportMe',
    method: 'get',
    path: `${path}/export`,
    tag,
    summary: 'Export everything the event holds about the caller',
    right: 'person',
    returns: ExportAnswer,
    errors: ['person_not_found'],
    handle: async (call) => {
      const { scope, token, event } = call
      const me = await requireMe(scope, token)
      return single(call, printExport, await loadExport(scope, event, me.id))
    },
  }),
]
