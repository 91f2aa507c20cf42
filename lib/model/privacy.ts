import type { Token } from './token.ts'

/** What a person chose to show and to take. Absent fields mean `privacyDefaults`. */
export type Privacy = {
  readonly showProfile: boolean
  readonly exposeProfileToOtherUser: boolean
  readonly showContactInfo: boolean
  readonly acceptMeetingRequests: 'EVERY_ONE' | 'MY_CONNECTION' | 'NO_ONE'
}

/** Everything is open until its owner closes it, as people come to be met. */
export const privacyDefaults: Privacy = {
  showProfile: true,
  exposeProfileToOtherUser: true,
  showContactInfo: true,
  acceptMeetingRequests: 'EVERY_ONE',
}

/** Who a request comes from: the role of their token and the person it speaks for. */
export type Caller = Pick<Token, 'role' | 'person'>
/** Who asks: the person behind the token, if any; organisers are admins and staff of the event. */
export type Reader = { readonly person?: string | undefined; readonly organiser: boolean }
export const readerOf = ({ role, person }: Caller): Reader => ({
  person,
  organiser: role !== 'attendee',
})
export type Owner = { readonly id: string; readonly settings: Settings }
/** Settings as stored: what was never chosen is absent. */
export type Settings = { readonly [name in keyof Privacy]?: Privacy[name] | undefined }
/** State of the connection between reader and owner. */
export type ConnectionStatus = 'NONE' | 'PENDING' | 'ACCEPT' | 'REJECT'

/** Which guarded parts of a profile a reader sees; the rest is seen by whoever sees the profile. */
export type ProfileView = {
  readonly contact: boolean
  readonly availability: boolean
  readonly preferences: boolean
  readonly rejectedBy: boolean
}

/** The part each guarded field of the profile belongs to. */
const guarded: { readonly [field: string]: keyof ProfileView } = {
  email: 'contact',
  instagram: 'contact',
  facebook: 'contact',
  twitter: 'contact',
  linkedIn: 'contact',
  rules: 'availability',
  availabilityDuration: 'availability',
  availabilityStartTime: 'availability',
  availabilityEndTime: 'availability',
  availabilityTimezoneId: 'availability',
  emailNotification: 'preferences',
  rejectedBy: 'rejectedBy',
}

/**
 * What a reader sees of a profile. `hidden` is answered as if the person did not
 * exist. Organisers and the owner see all but who rejected whom: that is between the two.
 */
export function profileView(
  reader: Reader,
  owner: Owner,
  connection: ConnectionStatus,
): 'hidden' | ProfileView {
  const self = reader.person === owner.id
  const settings = privacyOf(owner.settings)
  const rejectedBy = !self && reader.person !== undefined && connection === 'REJECT'
  if (self || reader.organiser) {
    return { contact: true, availability: true, preferences: true, rejectedBy }
  }
  if (hides(owner.settings)) return 'hidden'
  return {
    contact: settings.showContactInfo,
    availability: mayRequestMeeting(settings, connection === 'ACCEPT'),
    preferences: false,
    rejectedBy,
  }
}

/** Whether somebody is not to be shown to other attendees. */
export function hides(owner: Settings = {}): boolean {
  const { showProfile, exposeProfileToOtherUser } = privacyOf(owner)
  return !showProfile || !exposeProfileToOtherUser
}

/** Whether a field of the profile, by the name clients see, is in a view. */
export function maySee(view: ProfileView, field: string): boolean {
  const part = Object.hasOwn(guarded, field) ? guarded[field] : undefined
  return part === undefined || view[part]
}

/** Whether the owner takes meeting requests from somebody who is, or is not, connected. */
export function mayRequestMeeting(owner: Settings, connected: boolean): boolean {
  const { acceptMeetingRequests } = privacyOf(owner)
  if (acceptMeetingRequests === 'MY_CONNECTION') return connected
  return acceptMeetingRequests === 'EVERY_ONE'
}

/** All settings, what was never chosen filled in. */
export function privacyOf(settings: Settings): Privacy {
  return {
    showProfile: settings.showProfile ?? privacyDefaults.showProfile,
    exposeProfileToOtherUser:
      settings.exposeProfileToOtherUser ?? privacyDefaults.exposeProfileToOtherUser,
    showContactInfo: settings.showContactInfo ?? privacyDefaults.showContactInfo,
    acceptMeetingRequests: settings.acceptMeetingRequests ?? privacyDefaults.acceptMeetingRequests,
  }
}
