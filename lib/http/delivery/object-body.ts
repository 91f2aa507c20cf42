import { ApiError } from '#lib/base/errors.ts'
import { type PlainKind, plainNames } from '#lib/base/plain-kinds.ts'
import type { Change } from '#lib/model/change.ts'
import type { Event } from '#lib/model/event.ts'
import type { Room } from '#lib/model/room.ts'
import { requireField } from '#lib/store/read/custom-fields.ts'
import { countEvent } from '#lib/store/read/event-counts.ts'
import { countGroup, requireGroup } from '#lib/store/read/groups.ts'
import { requireLoaded } from '#lib/store/read/included-people.ts'
import { requireLoadedSession } from '#lib/store/read/included-sessions.ts'
import { requirePicture } from '#lib/store/read/pictures.ts'
import { requirePlain } from '#lib/store/read/plain.ts'
import { requireTicketType } from '#lib/store/read/ticket-types.ts'
import { countTrack, requireTrack } from '#lib/store/read/tracks.ts'
import { requireWebhook } from '#lib/store/read/webhooks.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { printField } from '#lib/wire/custom-field.ts'
import { printEvent } from '#lib/wire/event.ts'
import { printGroup } from '#lib/wire/group.ts'
import { printPerson } from '#lib/wire/person.ts'
import { printPicture } from '#lib/wire/picture.ts'
import { printPlain } from '#lib/wire/plain.ts'
import type { Presentation } from '#lib/wire/presentation.ts'
import { roomOwn } from '#lib/wire/room.ts'
import { printSession } from '#lib/wire/session.ts'
import { printTicketType } from '#lib/wire/ticket.ts'
import { printTrack } from '#lib/wire/track.ts'
import { printWebhook } from '#lib/wire/webhook.ts'

type Asked = { scope: EventScope; view: Presentation; event: Event; id: string }
type Body = (asked: Asked) => Promise<unknown>

const plainOwn: Record<PlainKind, (thing: never) => object> = {
  room: (thing: Room) => roomOwn(thing),
}

const plainBodies = plainNames.map((kind): [string, Body] => [
  kind,
  async ({ scope, view, id }) => {
    const thing = await requirePlain(scope, kind, id)
    return printPlain(view, kind, thing, plainOwn[kind](thing as never))
  },
])

/** What GET answers of each kind of object that has a GET of its own. */
const bodies: Record<string, Body> = {
  ...Object.fromEntries(plainBodies),
  event: async ({ scope, view, event }) => printEvent(view, await countEvent(scope, event)),
  person: async ({ scope, view, id }) => printPerson(view, await requireLoaded(scope, id)),
  session: async ({ scope, view, id }) => printSession(view, await requireLoadedSession(scope, id)),
  group: async ({ scope, view, id }) =>
    printGroup(view, await countGroup(scope, await requireGroup(scope, id))),
  track: async ({ scope, view, id }) =>
    printTrack(view, await countTrack(scope, await requireTrack(scope, id))),
  custom_field: async ({ scope, view, id }) =>
    printField(
      view,
      await requireField(scope, 'people', id).catch(() => requireField(scope, 'sessions', id)),
    ),
  ticket_type: async ({ scope, view, id }) =>
    printTicketType(view, await requireTicketType(scope, id)),
  picture: async ({ scope, view, id }) => printPicture(view, await requirePicture(scope, id)),
  webhook: async ({ scope, view, id }) => printWebhook(view, await requireWebhook(scope, id)),
}

/** The object of a change as GET gives it at this moment; null when it is gone, or has no GET of its own. */
export async function objectBody(
  { object, objectId }: Change,
  asked: Omit<Asked, 'id'>,
): Promise<unknown> {
  try {
    // The function that delivers may write nothing of what it reads.
    const scope = { ...asked.scope, waiting: true }
    return (await bodies[object]?.({ ...asked, scope, id: objectId })) ?? null
  } catch (error) {
    if (error instanceof ApiError && error.reason.endsWith('_not_found')) return null
    throw error
  }
}
