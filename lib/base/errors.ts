import { type Missing, ofPlain, plainKinds } from './plain-kinds.ts'

/**
 * The catalogue: every failure a client can see is one line. The code is the HTTP status followed by four
 * digits; the reference lists the lines, so a message must make sense on its own.
 */
const catalogue = {
  // 400
  invalid_json: [4000001, 'The body is not well-formed JSON.'],
  invalid_body: [4000002, 'The body does not have the expected shape.'],
  invalid_query: [4000003, 'A query parameter has an unusable value.'],
  unknown_field: [4000004, 'The body has a field that this request does not know.'],
  too_deep: [4000005, 'The body is nested more deeply than 32 levels.'],
  invalid_reference: [4000006, 'The body refers to something that is not in this event.'],
  ambiguous_credentials: [4000007, 'Two different tokens were sent.'],
  id_mismatch: [4000008, 'The id in the body is not the one in the path.'],
  reserved_id: [4000009, 'The id has the shape of an id of ours or differs from it.'],
  reserved_id_system: [4000010, 'That id system is reserved.'],
  reserved_name: [4000011, 'The name has the shape of an id of ours.'],
  member_mismatch: [4000012, 'The id and the e-mail address name two different people.'],
  unknown_custom_field: [4000013, 'There is no such custom field.'],
  too_large: [4000014, 'The object is larger than 64 KB.'],
  invalid_cursor: [4000015, 'The cursor is not one that a list gave out.'],
  invalid_header: [4000016, 'A request header has an unusable value.'],
  invalid_time: [4000017, 'The date or time does not exist or does not fit.'],
  picture_url_refused: [4000018, 'The picture cannot be fetched from that address.'],
  picture_fetch_failed: [4000019, 'The host did not deliver a picture.'],
  invalid_picture: [4000020, 'The content is not a readable JPEG or PNG picture.'],
  picture_too_large: [4000021, 'The picture has too many bytes or pixels.'],
  invalid_trim: [4000022, 'The trim must be AxB:CxD, a square inside the picture.'],
  trim_required: [4000023, 'The picture is not square: say by trim which square to take.'],
  invalid_path: [4000024, 'The path has a segment that cannot be used here.'],
  invalid_csv: [4000028, 'The body is not CSV that can be cut into rows.'],
  self_meeting: [4000027, 'Nobody can meet themselves.'],
  // 401, 403
  not_authorised: [4010101, 'A valid token is needed.'],
  forbidden: [4030001, 'The role of this token does not allow that.'],
  field_forbidden: [4030002, 'The role of this token may not change that custom field.'],
  meetings_closed: [4030003, 'This person takes no meeting requests from you.'],
  // 404
  not_found: [4040000, 'There is nothing at this address.'],
  event_not_found: [4040001, 'No such event.'],
  person_not_found: [4040101, 'No such person in this event.'],
  group_not_found: [4040102, 'No such group in this event.'],
  custom_field_not_found: [4040103, 'No such custom field in this event.'],
  session_not_found: [4040104, 'No such session in this event.'],
  track_not_found: [4040105, 'No such track in this event.'],
  picture_not_found: [4040106, 'No such picture in this event.'],
  token_not_found: [4040107, 'No such token.'],
  not_a_member: [4040108, 'The person is not a member of that group.'],
  not_attending: [4040109, 'The person is not an attendee of that session.'],
  ticket_type_not_found: [4040110, 'No such ticket type in this event.'],
  ticket_not_found: [4040111, 'The person has no ticket.'],
  schedule_not_found: [4040112, 'Event schedule not found'],
  access_group_not_found: [4040113, 'No such access group in this event.'],
  group_user_not_found: [4040114, 'No such user in the access groups of this event.'],
  match_not_found: [4040115, 'No such match in this session.'],
  meeting_not_found: [4040116, 'No such meeting.'],
  registration_not_found: [4040117, 'The person has not joined this networking session.'],
  feed_not_found: [4040118, 'No such calendar feed in this event.'],
  webhook_not_found: [4040119, 'No such webhook in this event.'],
  delivery_not_found: [4040120, 'No such delivery of this webhook.'],
  export_not_found: [4040127, 'No such export in this event: each is kept for a day.'],
  batch_not_found: [4040128, 'No such batch in this event: each is kept for a day after its end.'],
  badge_not_found: [4040126, 'The person has no badge.'],
  place_not_found: [4040125, 'The person does not wait for a seat in that session.'],
  ...ofPlain<Missing, readonly [number, string]>(
    (kind) => `${kind}_not_found`,
    (kind) => [plainKinds[kind].missing, `No such ${kind} in this event.`],
  ),
  connection_not_found: [4043001, 'No such connection request.'],
  connection_accepted: [4043002, 'The connection request is already accepted.'],
  connection_rejected: [4043003, 'The connection request is already rejected.'],
  session_not_covered: [4042005, 'The ticket does not give access to this session.'],
  // 405, 406
  method_not_allowed: [4050000, 'The address does not know this method.'],
  attendee_not_found: [4068001, 'No such attendee.'],
  already_connected: [4068003, 'The two are connected already.'],
  self_connection: [4068005, 'Nobody can connect to themselves.'],
  admin_without_ticket: [4068009, 'An administrator needs a ticket to connect.'],
  not_registered: [4068910, 'There is no ticket for this event: register for it first.'],
  // 409
  duplicate_email: [4090001, 'Another person of this event has that e-mail address.'],
  duplicate_name: [4090002, 'That name is taken in this event.'],
  duplicate_external_id: [4090003, 'Another object of this kind has that external id.'],
  duplicate_short_code: [4090004, 'Another event of this organisation has that short code.'],
  already_member: [4090005, 'The person is a member of that group already.'],
  already_attending: [4090006, 'The person attends that session already.'],
  builtin_group: [4090007, 'Built-in groups are kept by the system.'],
  session_full: [4090008, 'The session has no seat left.'],
  request_in_progress: [4090009, 'A request with this Idempotency-Key is still running.'],
  changed_meanwhile: [4090010, 'The object was changed by somebody else at the same time.'],
  picture_in_use: [4090011, 'People use that picture: send force=true to delete it all the same.'],
  person_exists: [4090012, 'That person is there already.'],
  ticket_type_in_use: [4090013, 'People hold tickets of that type.'],
  already_registered: [4090014, 'The person has joined this networking session already.'],
  meeting_conflict: [4090015, 'You have a meeting at that time.'],
  meeting_state: [4090016, 'The meeting is not in a state that allows that.'],
  slot_not_available: [4070002, 'The slot is not available.'],
  email_already_invited: [4090018, 'That e-mail address is in this access group already.'],
  too_many_objects: [4090019, 'The event holds as many of these as it can.'],
  too_many_meetings: [4090023, 'There are as many open meeting requests as there may be.'],
  already_requested: [4090021, 'You have asked this person already.'],
  repeated_row: [4090024, 'An earlier row of the batch is about the same object.'],
  schedule_conflict: [4090026, 'Something else takes place there at that time, or with them.'],
  too_many_ready: [4090022, 'More people are ready than one round can pair.'],
  // 410 … 431
  answer_erased: [4100001, 'The answer was erased with the person it was about.'],
  changes_gone: [4100002, 'Changes that old are not kept any more: read the lists again.'],
  precondition_failed: [4120000, 'The object is no longer the one that If-Match names.'],
  body_too_large: [4130000, 'The body is larger than allowed.'],
  unsupported_media_type: [4150000, 'The body must be application/json.'],
  idempotency_mismatch: [4220001, 'This Idempotency-Key was used with another request.'],
  invalid_log: [4220002, 'The usage log cannot be taken as it is.'],
  too_many_requests: [4290000, 'Too many requests: slow down.'],
  // 5xx
  internal: [5000000, 'Something went wrong on our side.'],
  store_busy: [5030001, 'The store is busy: try again shortly.'],
  issuer_unreachable: [5030002, 'The issuer of the sign-in cannot be reached: try again shortly.'],
} as const satisfies Record<string, readonly [number, string]>

export type ErrorName = keyof typeof catalogue
export type FieldError = { field: string; message: string }
export type ErrorDetail = {
  field?: string
  message?: string
  errors?: FieldError[]
  headers?: Record<string, string>
}

/** A failure that a client sees: thrown with its name in the catalogue, answered by `lib/http`. */
export class ApiError extends Error {
  readonly reason: ErrorName
  readonly detail: ErrorDetail
  constructor(reason: ErrorName, detail: ErrorDetail = {}) {
    super(detail.message ?? messageOf(reason))
    this.reason = reason
    this.detail = detail
  }
}

/** The HTTP status: the code's first three digits; 407 goes out as 409, since a 407 would confuse proxies. */
export const statusOf = (reason: ErrorName): number => {
  const status = Math.floor(codeOf(reason) / 10_000)
  return status === 407 ? 409 : status
}
export const codeOf = (reason: ErrorName): number => catalogue[reason][0]
export const messageOf = (reason: ErrorName): string => catalogue[reason][1]
export const errorNames = Object.keys(catalogue) as ErrorName[]
