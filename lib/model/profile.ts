import {
  type AvailabilityRule,
  availability,
  eventSpan,
  type Interval,
  intersect,
} from './availability.ts'
import type { Event } from './event.ts'
import type { Privacy } from './privacy.ts'

/** What a person says of themselves for networking; what was never said is absent and has its default. */
export type Profile = Partial<Privacy> & {
  pronouns?: string
  coverPhoto?: string
  videoIntro?: string
  instagram?: string
  wantsToLearn?: string[]
  knows?: string[]
  wantsToMeet?: string[]
  interests?: string[]
  timezoneId?: string
  acceptDirectMessages?: boolean
  emailNotification?: boolean
  allowCallsAndVideosFromNotConnectedAttendees?: boolean
  /** Minutes of a meeting unless a request says otherwise. */
  availabilityDuration?: number
  /** `HH:MM` between which meetings lie on every day; absent: the day is open on that side. */
  availabilityStartTime?: string
  availabilityEndTime?: string
  availabilityTimezoneId?: string
  rules?: AvailabilityRule[]
}

export const profileDefaults = {
  acceptDirectMessages: true,
  emailNotification: true,
  allowCallsAndVideosFromNotConnectedAttendees: false,
  availabilityDuration: 30,
} as const

/** The zone on whose clocks a person's availability is told: their own choice, else where they are, else the event's. */
export const zoneOf = (profile: Profile | undefined, eventZone: string): string =>
  profile?.availabilityTimezoneId ?? profile?.timezoneId ?? eventZone

/** When somebody takes meetings: by their rules and between their daily times, while the event lasts. */
export function availableTimes(
  profile: Profile,
  dates: Event['dates'],
  window: { from: number; to: number },
): Interval[] {
  const zone = zoneOf(profile, dates.zone)
  const span = eventSpan(dates.start, dates.end, dates.zone)
  const byRules = availability(profile.rules ?? [], zone, window, span)
  const { availabilityStartTime: start = '00:00', availabilityEndTime: end = '24:00' } = profile
  if (start === '00:00' && end === '24:00') return byRules
  const daily = [1, 2, 3, 4, 5, 6, 7].map((weekday) => ({ weekday, start, end }))
  return intersect(byRules, availability(daily, zone, window, span))
}
