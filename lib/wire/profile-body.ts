import * as v from 'valibot'
import { ApiError } from '#lib/base/errors.ts'
import { limits } from '#lib/base/limits.ts'
import { blankAsAbsent, httpUrl, nameText, plainText } from '#lib/base/text.ts'
import { type AvailabilityRule, ruleFault } from '#lib/model/availability.ts'
import type { Person } from '#lib/model/person.ts'
import type { Profile } from '#lib/model/profile.ts'
import type { OwnFields } from '#lib/store/write/profiles.ts'
import { ignored, zoneName } from './fields.ts'
import { customMeta } from './person.ts'

const name = blankAsAbsent(nameText(limits.nameLength.value))
const title = blankAsAbsent(nameText(limits.titleLength.value))
const url = blankAsAbsent(httpUrl)
const flag = v.nullish(v.boolean())
const zone = blankAsAbsent(zoneName)
const clock = blankAsAbsent(
  v.pipe(v.string(), v.regex(/^(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)$/, 'Expected a time as HH:MM.')),
)
const wishes = v.nullish(
  v.pipe(
    v.array(nameText(limits.interestLength.value)),
    v.maxLength(limits.interests.value, `At most ${limits.interests.value} items.`),
    v.transform((texts) => [...new Set(texts)]),
  ),
)

const faults: Record<keyof AvailabilityRule, string> = {
  date: 'Expected a date as YYYY-MM-DD or a weekday, not both.',
  weekday: 'Expected 1 (Monday) to 7.',
  start: 'Expected a time as HH:MM.',
  end: 'Expected a time as HH:MM, later than start; 24:00 ends the day.',
}
const rule = v.pipe(
  v.strictObject({
    date: v.nullish(v.string()),
    weekday: v.nullish(v.number()),
    start: v.string(),
    end: v.string(),
  }),
  v.transform(({ date, weekday, start, end }): AvailabilityRule => {
    return { ...(date && { date }), ...(weekday && { weekday }), start, end }
  }),
  v.rawCheck(({ dataset, addIssue }) => {
    const fault = dataset.typed ? ruleFault(dataset.value) : undefined
    if (!fault || !dataset.typed) return
    const input = dataset.value as Record<string, unknown>
    const path: [v.ObjectPathItem] = [
      { type: 'object', origin: 'value', input, key: fault, value: input[fault] },
    ]
    addIssue({ message: faults[fault], path })
  }),
)

/** What a PATCH of the own profile must be once it is laid onto it. */
export const ProfileBody = v.pipe(
  v.strictObject({
    id: ignored,
    userId: ignored,
    firstName: name,
    lastName: name,
    email: ignored,
    pronouns: title,
    photo: ignored,
    coverPhoto: url,
    acceptDirectMessages: flag,
    acceptMeetingRequests: v.nullish(
      v.picklist(
        ['EVERY_ONE', 'MY_CONNECTION', 'NO_ONE'],
        'Expected EVERY_ONE, MY_CONNECTION or NO_ONE.',
      ),
    ),
    showContactInfo: flag,
    company: title,
    title,
    timezoneId: zone,
    equivalentTimezone: ignored,
    status: ignored,
    rejectedBy: ignored,
    eventId: ignored,
    videoIntro: url,
    extraInfo: v.nullish(
      v.strictObject({
        aboutMe: blankAsAbsent(plainText(limits.aboutLength.value)),
        wantsToLearn: wishes,
        knows: wishes,
        wantsToMeet: wishes,
      }),
    ),
    interests: wishes,
    availabilityDuration: v.nullish(
      v.pipe(
        v.number(),
        v.integer('Expected whole minutes.'),
        v.minValue(5, 'At least 5 minutes.'),
        v.maxValue(limits.meetingMinutes.value, `At most ${limits.meetingMinutes.value} minutes.`),
      ),
    ),
    request: ignored,
    instagram: url,
    facebook: url,
    twitter: url,
    linkedIn: url,
    availabilityStartTime: clock,
    availabilityEndTime: clock,
    availabilityTimezoneId: zone,
    showProfile: flag,
    rules: v.nullish(
      v.pipe(
        v.array(rule),
        v.maxLength(
          limits.availabilityRules.value,
          `At most ${limits.availabilityRules.value} rules.`,
        ),
      ),
    ),
    meetingAvailabilitySetted: ignored,
    emailNotification: flag,
    allowCallsAndVideosFromNotConnectedAttendees: flag,
    exposeProfileToOtherUser: flag,
    custom_fields_meta: v.nullish(customMeta),
  }),
  v.forward(
    v.check(
      ({ availabilityStartTime: start, availabilityEndTime: end }) => !start || !end || start < end,
      'Must be later than availabilityStartTime.',
    ),
    ['availabilityEndTime'],
  ),
)
export type ProfileBody = v.InferOutput<typeof ProfileBody>

/** The own fields as a body spells them: what a merge patch is laid onto. What was never said stays absent. */
export function profilePatchTarget({ profile = {}, ...person }: Person) {
  const { wantsToLearn, knows, wantsToMeet, ...said } = profile
  return {
    ...said,
    firstName: person.firstName,
    lastName: person.lastName,
    company: person.company,
    title: person.title,
    extraInfo: { aboutMe: person.about, wantsToLearn, knows, wantsToMeet },
    facebook: person.social.facebook,
    twitter: person.social.twitter,
    linkedIn: person.social.linkedin,
  }
}

/** The person's fields after a patch; custom values are the caller's business. */
export function ownFields(body: ProfileBody, current: Person): Omit<OwnFields, 'custom'> {
  const { firstName = '', lastName = '', extraInfo } = body
  if (!firstName && !lastName && !current.email) {
    const message = 'A person needs a first name, a last name or an e-mail address.'
    throw new ApiError('invalid_body', { field: 'firstName', message })
  }
  return {
    firstName,
    lastName,
    company: body.company ?? '',
    title: body.title ?? '',
    about: extraInfo?.aboutMe ?? '',
    social: {
      ...current.social,
      facebook: body.facebook ?? '',
      twitter: body.twitter ?? '',
      linkedin: body.linkedIn ?? '',
    },
    profile: said({
      pronouns: body.pronouns,
      coverPhoto: body.coverPhoto,
      videoIntro: body.videoIntro,
      instagram: body.instagram,
      wantsToLearn: extraInfo?.wantsToLearn,
      knows: extraInfo?.knows,
      wantsToMeet: extraInfo?.wantsToMeet,
      interests: body.interests,
      timezoneId: body.timezoneId,
      showProfile: body.showProfile,
      exposeProfileToOtherUser: body.exposeProfileToOtherUser,
      showContactInfo: body.showContactInfo,
      acceptMeetingRequests: body.acceptMeetingRequests,
      acceptDirectMessages: body.acceptDirectMessages,
      emailNotification: body.emailNotification,
      allowCallsAndVideosFromNotConnectedAttendees:
        body.allowCallsAndVideosFromNotConnectedAttendees,
      availabilityDuration: body.availabilityDuration,
      availabilityStartTime: body.availabilityStartTime,
      availabilityEndTime: body.availabilityEndTime,
      availabilityTimezoneId: body.availabilityTimezoneId,
      rules: body.rules,
    }),
  }
}

type Said = { [K in keyof Profile]: Profile[K] | null | undefined }

const said = (profile: Said): Profile =>
  Object.fromEntries(
    Object.entries(profile).filter(([, value]) => value !== undefined && value !== null),
  ) as Profile
