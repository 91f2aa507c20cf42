import * as v from 'valibot'
import { localToInstant, now, zoneOffset } from '#lib/base/time.ts'
import type { Field } from '#lib/model/custom-field.ts'
import type { Standing } from '#lib/model/custom-values.ts'
import type { Event } from '#lib/model/event.ts'
import { pictureUrlOf } from '#lib/model/picture.ts'
import { maySee, privacyOf } from '#lib/model/privacy.ts'
import { profileDefaults, zoneOf } from '#lib/model/profile.ts'
import type { Seen } from '#lib/store/read/profiles.ts'
import { printState } from './connection.ts'
import { CustomAnswer } from './person.ts'
import { type Presentation, printedId, printedReference } from './presentation.ts'
import { shownValues } from './profile-custom.ts'

/** A profile with what printing it needs. */
export type Shown = Seen & { fields: Field[]; event: Event }

const text = v.string()
const texts = v.array(text)
const flag = v.boolean()
const guarded = v.optional

/** Fields that a reader may not see are left out. */
export const ProfileAnswer = v.object({
  id: text,
  userId: text,
  firstName: text,
  lastName: text,
  email: guarded(text),
  pronouns: text,
  photo: text,
  coverPhoto: text,
  acceptDirectMessages: flag,
  acceptMeetingRequests: v.picklist(['EVERY_ONE', 'MY_CONNECTION', 'NO_ONE']),
  showContactInfo: flag,
  company: text,
  title: text,
  timezoneId: text,
  equivalentTimezone: text,
  status: v.picklist(['NONE', 'PENDING', 'ACCEPT', 'REJECT']),
  rejectedBy: text,
  eventId: text,
  videoIntro: text,
  extraInfo: v.object({ aboutMe: text, wantsToLearn: texts, knows: texts, wantsToMeet: texts }),
  interests: texts,
  availabilityDuration: guarded(v.number()),
  request: flag,
  instagram: guarded(text),
  facebook: guarded(text),
  twitter: guarded(text),
  linkedIn: guarded(text),
  availabilityStartTime: guarded(text),
  availabilityEndTime: guarded(text),
  availabilityTimezoneId: guarded(text),
  showProfile: flag,
  rules: guarded(
    v.array(
      v.object({ date: v.optional(text), weekday: v.optional(v.number()), start: text, end: text }),
    ),
  ),
  meetingAvailabilitySetted: flag,
  emailNotification: guarded(flag),
  allowCallsAndVideosFromNotConnectedAttendees: flag,
  exposeProfileToOtherUser: flag,
  custom_fields_meta: CustomAnswer,
})

/** How a reader stands to the custom values of a profile. */
export const standingOf = ({ reader, person }: Pick<Seen, 'reader' | 'person'>): Standing => {
  if (reader.organiser) return 'organiser'
  return reader.person === person.id ? 'owner' : 'other'
}

export function printProfile(view: Presentation, shown: Shown) {
  const { person, me, connection, reader, event, fields } = shown
  const both = new Map([person, ...(me ? [me] : [])].map((one) => [one.id, one]))
  const all = { ...printOwn(shown), ...printSettings(shown) }
  const seen = Object.entries(all).filter(([name]) => maySee(shown.view, name))
  const rejectedBy = shown.view.rejectedBy ? connection?.rejectedBy : undefined
  return {
    id: printedId(view, person),
    userId: printedId(view, person),
    ...Object.fromEntries(seen),
    ...printState(reader.person, connection),
    rejectedBy: rejectedBy ? printedReference(view, rejectedBy, both) : '',
    eventId: printedId(view, event),
    custom_fields_meta: shownValues(view, {
      custom: person.custom,
      fields,
      standing: standingOf(shown),
    }),
  }
}

const printOwn = ({ person, event }: Shown) => {
  const { profile = {}, social } = person
  return {
    firstName: person.firstName,
    lastName: person.lastName,
    email: person.email,
    pronouns: profile.pronouns ?? '',
    photo: pictureUrlOf(person.picture, { deleting: event.gone }),
    coverPhoto: profile.coverPhoto ?? '',
    company: person.company,
    title: person.title,
    videoIntro: profile.videoIntro ?? '',
    extraInfo: {
      aboutMe: person.about,
      wantsToLearn: profile.wantsToLearn ?? [],
      knows: profile.knows ?? [],
      wantsToMeet: profile.wantsToMeet ?? [],
    },
    interests: profile.interests ?? [],
    instagram: profile.instagram ?? '',
    facebook: social.facebook,
    twitter: social.twitter,
    linkedIn: social.linkedin,
  }
}

function printSettings({ person, event }: Shown) {
  const { profile = {} } = person
  const { rules = [], availabilityStartTime = '', availabilityEndTime = '' } = profile
  const zone = profile.timezoneId ?? event.dates.zone
  const { showProfile, exposeProfileToOtherUser, ...privacy } = privacyOf(profile)
  const said = <N extends keyof typeof profileDefaults>(name: N) =>
    profile[name] ?? profileDefaults[name]
  return {
    acceptDirectMessages: said('acceptDirectMessages'),
    acceptMeetingRequests: privacy.acceptMeetingRequests,
    showContactInfo: privacy.showContactInfo,
    timezoneId: zone,
    equivalentTimezone: `UTC${zoneOffset(zone, localToInstant(event.dates.start, 12, 0, zone) ?? now())}`,
    availabilityDuration: said('availabilityDuration'),
    availabilityStartTime,
    availabilityEndTime,
    availabilityTimezoneId: zoneOf(profile, event.dates.zone),
    showProfile,
    rules,
    meetingAvailabilitySetted:
      rules.length > 0 || `${availabilityStartTime}${availabilityEndTime}` !== '',
    emailNotification: said('emailNotification'),
    allowCallsAndVideosFromNotConnectedAttendees: said(
      'allowCallsAndVideosFromNotConnectedAttendees',
    ),
    exposeProfileToOtherUser,
  }
}
