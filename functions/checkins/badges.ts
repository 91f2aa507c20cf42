import { ok, single, untagged, write, written } from '#lib/http/answer.ts'
import { type EventCall, eventRoute, type Route } from '#lib/http/route.ts'
import { blockBadge, issueBadge, requireBadge } from '#lib/store/door/badges.ts'
import { resolveId } from '#lib/store/external-ids.ts'
import { BadgeAnswer, printBadge } from '#lib/wire/badge.ts'
import { badgePicture } from '#lib/wire/badge-picture.ts'

const tag = 'Door'
const path = '/events/{event}/people/resources/{person}/badge'

const personOf = ({ scope, params }: EventCall) => resolveId(scope, 'person', params.person ?? '')

export const badgeRoutes: Route[] = [
  eventRoute({
    id: 'issueBadge',
    method: 'post',
    path,
    tag,
    summary: 'Give a person a new badge; the code of the one before opens nothing any more',
    right: 'event:write',
    returns: BadgeAnswer,
    errors: ['person_not_found'],
    handle: async (call) => {
      const person = await personOf(call)
      return written(call, printBadge, (scope) => issueBadge(scope, person))
    },
  }),
  eventRoute({
    id: 'getBadge',
    method: 'get',
    path,
    tag,
    summary: 'Read the code of the badge of a person',
    right: 'event:write',
    returns: BadgeAnswer,
    errors: ['person_not_found', 'badge_not_found'],
    handle: async (call) =>
      single(call, printBadge, await requireBadge(call.scope, await personOf(call))),
  }),
  eventRoute({
    id: 'blockBadge',
    method: 'delete',
    path,
    tag,
    summary: 'Block the badge of a person: no door lets them through until they have a new one',
    right: 'event:write',
    errors: ['person_not_found', 'badge_not_found'],
    handle: async (call) => {
      const person = await personOf(call)
      return write(
        call,
        () => ok(),
        (scope) => blockBadge(scope, person, untagged(call)),
      )
    },
  }),
  eventRoute({
    id: 'getBadgePicture',
    method: 'get',
    path: `${path}.svg`,
    tag,
    summary: 'The code of the badge of a person as a QR code',
    right: 'event:write',
    returnsOther: { 'image/svg+xml': 'A QR code that stands alone.' },
    errors: ['person_not_found', 'badge_not_found'],
    handle: async (call) => {
      const { badge } = await requireBadge(call.scope, await personOf(call))
      return badgePicture(badge.code)
    },
  }),
]
