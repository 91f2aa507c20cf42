import { single, written } from '#lib/http/answer.ts'
import { type EventCall, eventRoute, type Route } from '#lib/http/route.ts'
import { profileView, readerOf } from '#lib/model/privacy.ts'
import { fieldsFor, findPerson, namedPerson, requireMe } from '#lib/store/read/profiles.ts'
import { type OwnProfile, updateProfile } from '#lib/store/write/profiles.ts'
import type { Presentation } from '#lib/wire/presentation.ts'
import { ProfileAnswer, printProfile, type Shown, standingOf } from '#lib/wire/profile.ts'
import { ownFields, ProfileBody, profilePatchTarget } from '#lib/wire/profile-body.ts'
import { editedValues, shownValues } from '#lib/wire/profile-custom.ts'

const tag = 'Profiles'
const mine = '/events/{event}/people/me/profile'
const example = {
  extraInfo: { knows: ['captions'], wantsToLearn: ['maps'], wantsToMeet: ['editor'] },
  acceptMeetingRequests: 'MY_CONNECTION',
  rules: [{ weekday: 2, start: '09:00', end: '12:30' }],
}

export const profileRoutes: Route[] = [
  eventRoute({
    id: 'getMyProfile',
    method: 'get',
    path: mine,
    tag,
    summary: 'Read the own profile',
    right: 'person',
    returns: ProfileAnswer,
    errors: ['person_not_found'],
    handle: async (call) => {
      const person = await requireMe(call.scope, call.token)
      const own = { person, fields: await fieldsFor(call.scope, person) }
      return single(call, printProfile, ownShown(call, own))
    },
  }),
  eventRoute({
    id: 'changeMyProfile',
    method: 'patch',
    path: mine,
    tag,
    summary: 'Change the own profile, privacy and availability',
    right: 'person',
    body: { wrapper: 'profile', schema: ProfileBody, mode: 'patch' },
    returns: ProfileAnswer,
    errors: ['person_not_found', 'unknown_custom_field', 'field_forbidden', 'too_large'],
    example,
    handle: async (call) => {
      const { id } = await requireMe(call.scope, call.token)
      const print = (view: Presentation, own: OwnProfile) => printProfile(view, ownShown(call, own))
      return written(call, print, (scope, precondition) =>
        updateProfile(scope, id, (current) => patched(call, current), precondition),
      )
    },
  }),
  eventRoute({
    id: 'getProfile',
    method: 'get',
    path: '/events/{event}/people/{person}/profile',
    names: 'person',
    tag,
    summary: 'Read a profile, as far as its owner shows it to the caller',
    right: 'person',
    returns: ProfileAnswer,
    errors: ['person_not_found'],
    handle: async (call) => {
      const { scope, token, event } = call
      const seen = await findPerson(
        scope,
        token,
        await namedPerson(scope, token, call.params.person),
      )
      const fields = await fieldsFor(scope, seen.person)
      return single(call, printProfile, { ...seen, fields, event })
    },
  }),
]

type Patching = Pick<EventCall, 'view' | 'token'> & {
  body: { onto: (own: Record<string, unknown>) => ProfileBody }
}

function ownShown({ token, event }: EventCall, { person, fields }: OwnProfile): Shown {
  const reader = readerOf(token)
  const view = profileView(reader, { id: person.id, settings: {} }, 'NONE')
  if (view === 'hidden') throw new Error('nobody is hidden from themselves')
  return { reader, person, connection: undefined, view, fields, event }
}

function patched({ view, token, body }: Patching, { person, fields }: OwnProfile) {
  const standing = standingOf({ reader: readerOf(token), person })
  const held = { custom: person.custom, fields, standing }
  const shown = shownValues(view, held)
  const next = body.onto({ ...profilePatchTarget(person), custom_fields_meta: shown })
  const custom = editedValues(view, held, next.custom_fields_meta ?? {})
  return { ...ownFields(next, person), custom }
}
