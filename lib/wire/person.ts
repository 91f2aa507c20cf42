import * as v from 'valibot'
import { limits } from '#lib/base/limits.ts'
import { blankAsAbsent, email, httpUrl, nameText, plainText } from '#lib/base/text.ts'
import { visibleValues } from '#lib/model/custom-values.ts'
import type { AgendaEntry, Person } from '#lib/model/person.ts'
import { pictureUrlOf } from '#lib/model/picture.ts'
import type { LoadedPerson } from '#lib/store/read/included-people.ts'
import { DoorPerson } from './door-person.ts'
import {
  countedEntries,
  externalIdsField,
  externalIdsSchema,
  ignored,
  listOf,
  reference,
  stampsSchema,
} from './fields.ts'
import { uploadPicture } from './picture.ts'
import {
  type Presentation,
  printExternalIds,
  printedId,
  printedReference,
  printStamps,
} from './presentation.ts'

const name = blankAsAbsent(nameText(limits.nameLength.value))
const url = blankAsAbsent(httpUrl)

const social = v.nullish(
  v.strictObject({ twitter_url: url, facebook_url: url, linkedin_url: url, website_url: url }),
)
const profile = v.strictObject({
  first_name: name,
  last_name: name,
  email_address: blankAsAbsent(email),
  picture_url: ignored,
  picture_resource_id: v.nullish(v.string()),
  company: blankAsAbsent(nameText(limits.titleLength.value)),
  title: blankAsAbsent(nameText(limits.titleLength.value)),
  about: blankAsAbsent(plainText(limits.aboutLength.value)),
  social_contacts: social,
})

const customText = v.pipe(v.string(), v.maxLength(limits.customFieldText.value, 'Too long.'))
export const customMeta = v.record(
  v.string(),
  v.nullable(
    v.union(
      [customText, v.number(), v.boolean(), listOf(customText, limits.customFieldList.value)],
      'Expected text, a number, true or false, or a list of texts.',
    ),
  ),
)

const agenda = v.strictObject({
  sessions: listOf(
    v.strictObject({
      session_id: reference,
      session_roles: v.nullish(listOf(v.string(), 20)),
    }),
    limits.assignAgenda.value,
  ),
})
const doc = v.pipe(v.string(), v.minLength(1), v.maxLength(limits.docIdLength.value, 'Too long.'))
export const linkDocs = v.pipe(
  v.array(v.union([doc, v.array(doc)], 'Expected a document id or a list of them.')),
  v.transform((nested) => [...new Set(nested.flat())]),
  v.maxLength(limits.linkDocs.value, `At most ${limits.linkDocs.value} items.`),
)

/** What POST and PUT take, and PATCH after merging. */
export const PersonBody = v.pipe(
  v.strictObject({
    person_id: v.nullish(v.string()),
    external_ids: externalIdsField,
    profile: v.nullish(profile),
    custom_fields_meta: v.nullish(customMeta),
    assign_groups: v.optional(listOf(reference, limits.assignGroups.value)),
    assign_agenda: v.optional(agenda),
    upload_picture: v.nullish(uploadPicture),
    link_docs: v.optional(linkDocs),
    groups: ignored,
    agenda: ignored,
    favorite_data: ignored,
    docs: ignored,
    personal_settings: ignored,
    timestamps: ignored,
  }),
  v.check((body) => {
    const { first_name, last_name, email_address } = body.profile ?? {}
    return !!(first_name || last_name || email_address)
  }, 'A person needs a first name, a last name or an e-mail address in profile.'),
)
export type PersonBody = v.InferOutput<typeof PersonBody>

/** Relation → what clears it when a body says null. */
export const personNullMeans = {
  external_ids: [],
  assign_groups: [],
  assign_agenda: { sessions: [] },
  link_docs: [],
}

const text = v.string()
const texts = v.array(text)
const nothing = v.record(text, v.unknown())
/** What custom fields say, by the id of the field. */
export const CustomAnswer = v.record(text, v.union([text, v.number(), v.boolean(), texts]))
export const GroupRef = v.object({ group_id: text, group_name: text })
const sessionsOf = v.object({
  sessions: v.array(v.object({ session_id: text, session_roles: texts })),
})
export const AgendaAnswer = sessionsOf

export const PersonAnswer = v.object({
  person_id: text,
  external_ids: externalIdsSchema,
  profile: v.object({
    first_name: text,
    last_name: text,
    email_address: text,
    picture_url: text,
    company: text,
    title: text,
    about: text,
    social_contacts: v.object({
      twitter_url: text,
      facebook_url: text,
      linkedin_url: text,
      website_url: text,
    }),
  }),
  custom_fields_meta: CustomAnswer,
  groups: v.array(GroupRef),
  agenda: sessionsOf,
  favorite_data: v.object({ sessions: texts, companies: nothing, docs: nothing }),
  docs: texts,
  personal_settings: v.record(text, text),
  timestamps: stampsSchema,
})
export const PeopleAnswer = v.object({
  query_string: text,
  ...countedEntries,
  people_list: v.array(PersonAnswer),
})
/** What a scanner is answered in its place. */
export const PeopleAtDoor = v.strictObject({
  query_string: text,
  ...countedEntries,
  people_list: v.array(DoorPerson),
})
export const MemberAnswer = v.object({
  person_id: text,
  external_ids: externalIdsSchema,
  first_name: text,
  last_name: text,
  email_address: text,
  timestamps: stampsSchema,
})

/**
 * The person as a body spells them: what a merge patch is laid onto. Custom values stand under the keys of the
 * caller's system, the picture is named by its id.
 */
export function personPatchTarget(view: Presentation, { person, included }: LoadedPerson) {
  const { picture } = person
  const shown = picture && !included.deleting.has(picture.id) && picture.id
  return {
    profile: { ...printOwn(person), ...(shown && { picture_resource_id: shown }) },
    custom_fields_meta: printCustom(view, { person, included }),
  }
}

const printOwn = (person: Person) => ({
  first_name: person.firstName,
  last_name: person.lastName,
  email_address: person.email,
  company: person.company,
  title: person.title,
  about: person.about,
  social_contacts: {
    twitter_url: person.social.twitter,
    facebook_url: person.social.facebook,
    linkedin_url: person.social.linkedin,
    website_url: person.social.website,
  },
})

const printCustom = (view: Presentation, { person, included }: LoadedPerson) =>
  visibleValues(person.custom, included.fields, (field) => printedId(view, field))

export const printPerson = (view: Presentation, loaded: LoadedPerson) => {
  const { person, included } = loaded
  return {
    person_id: printedId(view, person),
    external_ids: printExternalIds(person.id, person.externalIds),
    profile: { ...printOwn(person), picture_url: pictureUrlOf(person.picture, included) },
    custom_fields_meta: printCustom(view, loaded),
    groups: printGroups(view, loaded),
    agenda: { sessions: entriesOf(loaded).map((entry) => printEntry(view, loaded, entry)) },
    favorite_data: {
      sessions: attendedAgenda(view, loaded).map(({ session_id }) => session_id),
      companies: {},
      docs: {},
    },
    docs: person.docs,
    personal_settings: {
      direct_messaging: String(person.profile?.acceptDirectMessages ?? true),
      offline_email_messaging: String(person.profile?.emailNotification ?? true),
    },
    timestamps: printStamps(view, person),
  }
}

/** The groups a person is in, in id order; one that is being deleted is not there. */
export const printGroups = (view: Presentation, { person, included }: LoadedPerson) =>
  [...(person.groupIds ?? [])].sort().flatMap((id) => {
    const group = included.groups.get(id)
    return group ? [{ group_id: printedId(view, group), group_name: group.name }] : []
  })

/** The sessions that the person attends. */
export const attendedAgenda = (view: Presentation, loaded: LoadedPerson) =>
  entriesOf(loaded)
    .filter(([, { attends }]) => attends)
    .map((entry) => printEntry(view, loaded, entry))

type Entry = [session: string, entry: AgendaEntry]

/** No role means attendee. */
const printEntry = (view: Presentation, { included }: LoadedPerson, [id, { roles }]: Entry) => ({
  session_id: printedReference(view, id, included.sessions),
  session_roles: roles,
})

/** Every session of the person's agenda, in id order. */
const entriesOf = ({ person, included }: LoadedPerson): Entry[] =>
  Object.entries(person.agenda)
    .filter(([id]) => !included.deleting.has(id))
    .sort(([a], [b]) => (a < b ? -1 : 1))

export const printMember = (view: Presentation, person: Person) => ({
  person_id: printedId(view, person),
  external_ids: printExternalIds(person.id, person.externalIds),
  first_name: person.firstName,
  last_name: person.lastName,
  email_address: person.email,
  timestamps: printStamps(view, person),
})
