import type { Route } from '#lib/http/route.ts'
import type { Right } from '#lib/model/roles.ts'
import type { Role } from '#lib/model/token.ts'
import type { Principal } from './security.ts'

/**
 * Which right every route asks for, written out by operation and held against the route table: a route that is not here
 * fails the tests, and so does one whose right was changed by mistake.
 */
const entries: Record<Right, string> = {
  public: `
    readReference getOpenapi getHealth getReferenceFile getReferenceChunk readGuide readErrorPage readConsole getConsoleFile
    readProgramme readProgrammeSession getProgrammeCalendar getProgrammeEntry`,
  anyone: 'getMe',
  organisation: `
    createEvent listEvents createToken listTokens deleteToken listOrganisationChanges getOrganisation
    replaceOrganisation changeOrganisation`,
  programme: `
    getEvent listSessions getSession listTracks getTrack listTrackSessions listRooms getRoom`,
  'event:read': `
    listTicketTypes getTicketType getTicket 
    getPerson listPersonGroups listPersonSessions getPersonCalendar getPeopleOverview
    listGroups getGroup listGroupMembers listPeopleFields getPeopleField
    listConflicts checkConflicts getSessionsOverview listAttendees listWaitlist getWaitlistPlace 
    getCalendar getScheduleXml getScheduleJson listSessionFields getSessionField
    listPictures getPicture listEventPictures getEventPicture
    listSchedules getSchedule listScheduleUsers getCurrentSchedule getAccessGroup findAccessUser
    listCheckins getAttendance getAttendanceTable listUsageLogs getUsage getUsageTable getUsageChart listChanges`,
  'event:write': `
    replaceEvent changeEvent deleteEvent createTicketType replaceTicketType changeTicketType deleteTicketType
    issueTicket withdrawTicket issueBadge getBadge getBadgePicture blockBadge createRoom replaceRoom changeRoom deleteRoom
    createPerson replacePerson changePerson deletePerson batchPeople exportPerson
    createGroup replaceGroup changeGroup deleteGroup
    createPeopleField replacePeopleField changePeopleField deletePeopleField
    createSession replaceSession changeSession deleteSession batchSessions batchTracks
    createTrack replaceTrack changeTrack deleteTrack createFeed listFeeds deleteFeed
    createExport listExports getExport
    createWebhook listWebhooks getWebhook changeWebhook deleteWebhook pingWebhook renewWebhookSecret
    listDeliveries redeliver createSessionField replaceSessionField changeSessionField deleteSessionField
    uploadPicture replacePicture deletePicture uploadEventPicture replaceEventPicture deleteEventPicture
    createSchedule changeSchedule deleteSchedule createAccessGroup`,
  'attendance:write': `
    batchGroupMembers addPersonToGroup removePersonFromGroup addPersonSessions removePersonSession
    batchAttendees addAttendee removeAttendee leaveWaitlist joinAccessGroup addUsageLog addUsageLogs holdNetworkingRound`,
  door: 'getBatch createCheckin batchCheckins getDoorStatus listPeople',
  person: `
    listNetworkingSessions joinNetworkingSession leaveNetworkingSession setNetworkingAvailability
    listMatches markMatch getMyProfile changeMyProfile getProfile requestConnection answerConnection
    endConnection listMyConnections listSlots requestMeeting listMyMeetings getMyMeeting changeMyMeeting
    listDirectory getMyAgenda joinMySession leaveMySession getMyCalendar createMyFeed getMyBadgePicture exportMe`,
}

const organisers: Role[] = ['super_admin', 'event_admin']
const staff: Role[] = [...organisers, 'event_staff']
const everybody: Role[] = [...staff, 'scanner', 'attendee']
const audience: Record<Right, Role[]> = {
  public: everybody,
  anyone: everybody,
  organisation: ['super_admin'],
  programme: [...staff, 'attendee'],
  'event:read': staff,
  'event:write': organisers,
  'attendance:write': staff,
  door: [...staff, 'scanner'],
  person: [...staff, 'attendee'],
}

const rightOf = new Map(
  Object.entries(entries).flatMap(([right, ids]) =>
    (ids.match(/\w+/g) ?? []).map((id): [string, Right] => [id, right as Right]),
  ),
)

/** The right that the entry of a route names; undefined when there is none. */
export const entryOf = ({ id }: Route): Right | undefined => rightOf.get(id)
/** Operations that have an entry. */
export const entered = [...rightOf.keys()]

export type Verdict = 'unauthorised' | 'hidden' | 'forbidden' | 'allowed'

const strangers: Principal[] = [
  ...(['nobody', 'badToken', 'expired', 'revoked', 'erased', 'feedAsToken'] as const),
  'signedInElsewhere',
]

/** What a caller meets at a route of the event, by the entry of the route. */
export function verdict(route: Route, principal: Principal): Verdict {
  const right = entryOf(route)
  if (right === undefined)
    throw new Error(`${route.id} has no entry in test/support/authorisation.ts`)
  if (right === 'public') return 'allowed'
  if (strangers.includes(principal)) return 'unauthorised'
  // An issuer is named by an event: without one in the path nobody is who it says.
  if (principal === 'signedIn' && !route.path.includes('{event}')) return 'unauthorised'
  if (principal === 'feed' || principal === 'personFeed') return feedVerdict(route, principal)
  const outside = principal === 'otherOrganisation' || principal === 'otherEvent'
  if (outside && route.scoped === 'event') return 'hidden'
  if (!audience[right].includes(roleOf(principal))) return 'forbidden'
  return outside && route.path.includes('{') ? 'hidden' : 'allowed'
}

/** A feed opens the calendar that it was made for, and is no credential anywhere else. */
function feedVerdict({ path, queryCredential }: Route, principal: 'feed' | 'personFeed'): Verdict {
  if (queryCredential !== 'feed') return 'unauthorised'
  return path.includes('{person}') === (principal === 'personFeed') ? 'allowed' : 'hidden'
}

function roleOf(principal: Principal): Role {
  if (principal === 'otherOrganisation') return 'super_admin'
  if (principal === 'otherEvent') return 'event_admin'
  if (principal === 'signedIn') return 'attendee'
  return principal as Role
}
