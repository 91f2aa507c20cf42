import { effect, single } from '#lib/http/answer.ts'
import { type EventCall, eventRoute, type Route } from '#lib/http/route.ts'
import type { Field } from '#lib/model/custom-field.ts'
import type { Person } from '#lib/model/person.ts'
import { profileView } from '#lib/model/privacy.ts'
import { findPerson, readerOf, requireMe } from '#lib/store/read/profiles.ts'
import { fieldsOf, updateProfile } from '#lib/store/write/profiles.ts'
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
      const person = await requireMe(call)
      return single(call, printProfile, ownShown(call, person, await fieldsOf(call.scope, person)))
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
      const { id } = await requireMe(call)
      const shown = ({ person, fields }: Kept) => ownShown(call, person, fields)
      const { guard, reply } = effect(call, printProfile)
      return updateProfile(call.scope, id, (...now) => patched(call, ...now), {
        guard: (current) => guard(shown(current)),
        reply: (next) => reply(shown(next)),
      })
    },
  }),
  eventRoute({
    id: 'getProfile',
    method: 'get',
    path: '/events/{event}/people/{person}/profile',
    tag,
    summary: 'Read a profile, as far as its owner shows it to the caller',
    right: 'person',
    returns: ProfileAnswer,
    errors: ['person_not_found'],
    handle: async (call) => {
      const seen = await findPerson(call)
      const fields = await fieldsOf(call.scope, seen.person)
      return single(call, printProfile, { ...seen, fields, event: call.event })
    },
  }),
]

type Kept = { person: Person; fields: Field[] }
type Patching = Pick<EventCall, 'view' | 'token'> & {
  body: { onto: (own: Record<string, unknown>) => ProfileBody }
}

function ownShown({ token, event }: EventCall, person: Person, fields: Field[]): Shown {
  const reader = readerOf(token)
  const view = profileView(reader, { id: person.id, settings: {} }, 'NONE')
  if (view === 'hidden') throw new Error('nobody is hidden from themselves')
  return { reader, person, connection: undefined, view, fields, event }
}

function patched({ view, token, body }: Patching, person: Person, fields: Field[]) {
  const standing = standingOf({ reader: readerOf(token), person })
  const shown = shownValues(view, person.custom, fields, standing)
  const next = body.onto({ ...profilePatchTarget(person), custom_fields_meta: shown })
  const sent = next.custom_fields_meta ?? {}
  const custom = editedValues(view, person.custom, fields, sent, standing)
  return { ...ownFields(next, person), custom }
}
