import { type ErrorName, statusOf } from '#lib/base/errors.ts'

const byName: Partial<Record<ErrorName, string>> = {
  invalid_json: 'The message says at which character the JSON ends to be JSON. Send UTF-8.',
  unknown_field: 'Look for a slip of the pen: the message names the field that is most like it.',
  invalid_reference: 'Make what the field refers to first, in the same event, or leave it out.',
  ambiguous_credentials: 'Send one token, in one header.',
  id_mismatch: 'Leave the id out of the body, or send the one of the path.',
  too_large: 'Shorten texts and custom values, or keep them elsewhere and link to them.',
  invalid_cursor: 'Begin the list anew: cursors belong to one list, its filters and its order.',
  picture_url_refused: 'Use a public http or https address that answers, or upload the bytes.',
  trim_required: 'Send `trim=AxB:CxD`, the corners of a square inside the picture.',
  not_authorised: 'Send a token that is neither expired nor deleted; sign in again.',
  forbidden: 'Use a token of a role that may: the reference names the roles of every request.',
  not_registered: 'Give the person a ticket.',
  session_not_covered: 'Give the person a ticket of a type that covers the session.',
  method_not_allowed: 'The header `Allow` names the methods that this address knows.',
  duplicate_email: 'Change the person who has the address, or send `PUT` under an external id.',
  duplicate_external_id: 'Change the object that has the id: `PUT` with `ext_id_system`.',
  session_full: 'Ask again with `?waitlist=true` where the session has a waitlist.',
  request_in_progress: 'Wait as long as `Retry-After` says and send the same request again.',
  changed_meanwhile: 'Read it again, decide again, send again.',
  precondition_failed: 'Read it again: the header `ETag` of this answer is its present tag.',
  picture_in_use: 'Send `force=true` to take it from everybody who uses it.',
  repeated_row: 'Leave one of the two rows out.',
  schedule_conflict:
    'The errors name what it clashes with: choose another time or room, or let the `conflict_policy` of the event warn only.',
  answer_erased:
    'The request was done, and its answer went with the person: read what you need anew.',
  changes_gone: 'Read the lists again and follow the feed from `after=now` of before.',
  body_too_large: 'Send less at once: batches take up to 1,000 rows and 5 MiB.',
  unsupported_media_type: 'Set `Content-Type` to what the reference names for this request.',
  idempotency_mismatch: 'Draw a new key for each thing that you want done.',
  too_many_requests: 'Wait as long as `Retry-After` says. Nothing was done.',
  internal:
    'Send it again under the same `Idempotency-Key`; tell the `request_id` to whoever runs the installation.',
  store_busy:
    'Send it again under the same `Idempotency-Key`, as long after as `Retry-After` says.',
  issuer_unreachable: 'Try again a little later; whoever runs the event looks at its `sign_in`.',
}

const byStatus: Record<number, string> = {
  400: 'Mend what `errors` name and send it anew. The same request would be refused again.',
  403: 'Ask whoever runs the event.',
  404: 'Look whether it was deleted, or is of another event; with `ext_id_system`, whether it has an id of that system.',
  406: 'It is not to be had: read the state of the two first.',
  409: 'Read what is there now and decide again.',
  422: 'Mend what `errors` name and send it anew.',
}

/** What a client can do about an error, in Markdown. */
export const remedyOf = (name: ErrorName): string =>
  byName[name] ?? byStatus[statusOf(name)] ?? 'Read the message, and decide by it.'
