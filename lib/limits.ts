type Limit = { readonly value: number; readonly unit: string; readonly note: string }

/**
 * Every limit a client can meet, once: the schemas read the value, the reference prints the line,
 * and one test goes to each limit and one step over it. Characters are Unicode code points.
 */
export const limits = {
  bodyBytes: { value: 1_048_576, unit: 'bytes', note: 'JSON body of a request' },
  bodyDepth: { value: 32, unit: 'levels', note: 'nesting of a JSON body' },
  pageDefault: { value: 20, unit: 'items', note: 'page of a list without limit' },
  pageLimit: { value: 1000, unit: 'items', note: 'limit of a list; default of bare arrays' },
  offset: { value: 1_000_000_000, unit: 'items', note: 'offset of a list' },
  commaList: { value: 100, unit: 'items', note: 'different items of ids, emails, groups, tracks' },
  idempotencyKeyLength: { value: 255, unit: 'characters', note: 'Idempotency-Key header' },
  idempotencyHours: { value: 24, unit: 'hours', note: 'time an Idempotency-Key is kept' },
  entityBytes: { value: 65_536, unit: 'bytes', note: 'stored size of one object' },

  nameLength: { value: 200, unit: 'characters', note: 'names of people, groups, sessions, tracks' },
  titleLength: { value: 200, unit: 'characters', note: 'title, company name, pronouns' },
  aboutLength: { value: 10_000, unit: 'characters', note: 'about and other long plain texts' },
  noteLength: { value: 2000, unit: 'characters', note: 'note of a meeting or of a request' },
  emailLength: { value: 254, unit: 'characters', note: 'e-mail address' },
  emailLocalLength: { value: 64, unit: 'characters', note: 'e-mail address before the @' },
  urlLength: { value: 2048, unit: 'characters', note: 'http or https URL' },
  shortCodeLength: { value: 63, unit: 'characters', note: 'short_code of an event' },
  locationLength: { value: 500, unit: 'characters', note: 'location, address' },
  descriptionLength: { value: 20_000, unit: 'characters', note: 'HTML of session_description' },

  externalSystemLength: { value: 64, unit: 'characters', note: 'id_system, ext_id_system' },
  externalIdLength: { value: 256, unit: 'characters', note: 'id of another system' },
  externalIds: { value: 10, unit: 'items', note: 'external_ids of one object' },

  groupMembers: { value: 1000, unit: 'items', note: 'group_members of one request' },
  assignGroups: { value: 200, unit: 'items', note: 'assign_groups of one person' },
  assignAgenda: { value: 1000, unit: 'items', note: 'assign_agenda of one person' },
  sessionRolePeople: { value: 1000, unit: 'items', note: 'people with a role in one session' },
  sessionTracks: { value: 50, unit: 'items', note: 'session_tracks of one session' },
  sessionCapacity: { value: 1_000_000, unit: 'people', note: 'capacity of one session' },
  linkDocs: { value: 100, unit: 'items', note: 'link_docs of one object' },
  docIdLength: { value: 256, unit: 'characters', note: 'document id in link_docs' },
  externalLinks: { value: 50, unit: 'items', note: 'external links of one object' },

  customFields: { value: 200, unit: 'items', note: 'custom fields of people, and of sessions' },
  customFieldText: { value: 5000, unit: 'characters', note: 'text value of a custom field' },
  customFieldList: { value: 100, unit: 'items', note: 'list value of a custom field' },

  pictureBytes: { value: 10_485_760, unit: 'bytes', note: 'picture downloaded from a URL' },
  pictureUploadBytes: { value: 4_194_304, unit: 'bytes', note: 'picture sent as the body' },
  picturePixels: { value: 25_000_000, unit: 'pixels', note: 'width times height of a picture' },
  pictureRedirects: { value: 3, unit: 'redirects', note: 'on the way to a picture' },
  pictureFirstByteSeconds: { value: 3, unit: 'seconds', note: 'wait for a picture host' },
  pictureSeconds: { value: 10, unit: 'seconds', note: 'whole download of a picture' },
  pictureDecodeSeconds: { value: 5, unit: 'seconds', note: 'decoding of a picture' },
  trimLength: { value: 64, unit: 'characters', note: 'trim, as AxB:CxD' },
  filenameLength: { value: 255, unit: 'characters', note: 'file name of a picture' },

  tokenEvents: { value: 100, unit: 'items', note: 'events named in one token' },
  ticketTypes: { value: 200, unit: 'items', note: 'ticket types of one event' },
  ticketSessions: { value: 1000, unit: 'items', note: 'sessions named in one ticket type' },

  logHours: { value: 24, unit: 'hours', note: 'time_in to time_out of one usage log' },
  logFutureMinutes: { value: 5, unit: 'minutes', note: 'time_out ahead of our clock' },
  logPrivacyDays: { value: 180, unit: 'days', note: 'IP address, location, user agent of a log' },
  logsPerCall: { value: 1000, unit: 'items', note: 'logs of one bulk request' },
  logsPerUserDay: { value: 5000, unit: 'items', note: 'logs of a user, schedule and UTC day' },
  schedules: { value: 1000, unit: 'items', note: 'event schedules of one event' },
  scheduleGroups: { value: 500, unit: 'items', note: 'access groups of one event' },
  scheduleUsers: { value: 5000, unit: 'items', note: 'users in the access groups of one event' },
  scheduleUserName: { value: 100, unit: 'characters', note: 'name of a user of an access group' },
  scheduleStatusLength: { value: 40, unit: 'characters', note: 'status of an event schedule' },
  accessKeyMisses: { value: 10, unit: 'a minute', note: 'unknown access keys tried by one token' },
  userAgentLength: { value: 512, unit: 'characters', note: 'user agent of a usage log' },

  interests: { value: 50, unit: 'items', note: 'each list of interests of a profile' },
  interestLength: { value: 100, unit: 'characters', note: 'one interest of a profile' },
  availabilityRules: { value: 100, unit: 'items', note: 'availability rules of one person' },
  meetingMinutes: { value: 480, unit: 'minutes', note: 'length of one meeting' },
  roundPeople: { value: 1000, unit: 'people', note: 'people paired in one networking round' },
} as const satisfies Record<string, Limit>
