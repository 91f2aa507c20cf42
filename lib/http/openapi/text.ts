import { codeOf, errorNames, messageOf, statusOf } from '#lib/base/errors.ts'
import { limits } from '#lib/base/limits.ts'
import { ofPlain, type PlainKind } from '#lib/base/plain-kinds.ts'
import type { Route } from '#lib/http/route.ts'
import { rightsOf } from '#lib/model/roles.ts'
import { behaviourOf, behaviourOfAll } from './behaviour.ts'
import { guideNames } from './guide-page.ts'
import type { Json } from './schema.ts'

/** What each parameter in a path means; a test holds this list to the routes. */
export const pathParameters: Record<string, string> = {
  event: 'Event: its id, its `short_code`, or its external id with `ext_id_system`.',
  person:
    'Person: the id, or an external id with `ext_id_system`; `me` for the caller in profiles.',
  group: 'Group: the id, an external id with `ext_id_system`, or the exact name.',
  session: 'Session: the id, or an external id with `ext_id_system`.',
  track: 'Track: the id, or an external id with `ext_id_system`.',
  ...ofPlain<PlainKind, string>(
    (kind) => kind,
    (kind) => `The ${kind}: its id, or an external id with \`ext_id_system\`.`,
  ),
  field: 'Custom field: the id, or an external id with `ext_id_system`.',
  resource_id: 'Picture: its `resource_id`, a UUID.',
  token_id: 'Token: its `token_id`, not its text.',
  id: 'Event schedule: its number, or its GUID of 32 hex digits.',
  access_key: 'Access group: its `access_key`.',
  feed_id: 'Calendar feed: its id.',
  ticket_type_id: 'Ticket type: its id.',
  webhook_id: 'Webhook: its id.',
  export_id: 'Export: its id.',
  batch_id: 'Batch that went on behind its answer: its id.',
  delivery: 'Delivery of a webhook: its `delivery_id`.',
  meeting: 'Meeting: its id.',
  userIdOfMatch: 'Person the caller was paired with: as in the matches.',
  file: 'Name of a file of the reference page.',
  guide: 'Name of the guide.',
  code: 'Code of the error.',
}

const tagTexts: Record<string, string> = {
  People: 'People of an event, their groups, their agenda and their custom fields.',
  Sessions: 'The programme: sessions, who attends and speaks, tracks and custom fields.',
  Rooms: 'Where sessions are held, and how many people fit in.',
  Attendees:
    'What apps of attendees do for them beside profiles: who is there, their agenda, their badge.',
  Door: 'Badges, who comes in and goes out, who is inside, and for how long.',
  Conflicts: 'Rooms, speakers and attendees that have two things at the same time.',
  Pictures: 'Pictures of people and of whatever else an event shows.',
  'Event schedules': 'When an event is on, who may watch, and who was there for how long.',
  'Events and tokens': 'Events, the tokens that open them, and the tickets of their people.',
  Networking: 'Sessions in which people are paired by what they want to talk about.',
  Profiles: 'How people show themselves, whom they know, and when they meet.',
  Webhooks: 'Where changes are sent to as they happen, and what became of each.',
  Exports:
    'All people, sessions, scans … of an event in a file, for spreadsheets and other programs.',
  Programme: 'Pages for everybody: the programme of a published event, and its sessions.',
  Changes: 'All that happened in an event, in one order without gaps: for mirrors and histories.',
  Console: 'A page for organisers and the desk, over the routes of this document alone.',
  Reference: 'This page, the document behind it, and a sign of life.',
}

/** What a tag's routes are about, and what they do where the field documents leave it open. */
export function tagText(tag: string): string {
  const about = tagTexts[tag] ?? `Routes about ${tag.toLowerCase()}.`
  const behaviour = behaviourOf(tag)
  return behaviour ? `${about}\n\n${folded('How they behave', behaviour)}` : about
}

/** A part of a Markdown text that a page shows when asked for. */
const folded = (title: string, markdown: string): string =>
  `<details><summary>${title}</summary>\n\n${markdown}\n\n</details>`

const roles = ['super_admin', 'event_admin', 'event_staff', 'scanner', 'attendee'] as const

/** A route's description, with who may call it. */
export function routeText(route: Route): string {
  const allowed = roles.filter((role) => rightsOf(role).includes(route.right))
  const who =
    route.right === 'public'
      ? 'Needs no token.'
      : `Roles: ${allowed.map((role) => `\`${role}\``).join(', ')}.`
  return [route.description, who].filter(Boolean).join('\n\n')
}

/** Credentials, limits and the error catalogue, for the head of the reference page. */
export const introduction = (): string => `
Everything an event is made of, behind one API: people, groups, sessions, tracks, pictures, schedules,
networking and profiles. Paste a token below, and every request can be tried; it is forgotten with the page.

Send the token in one of \`Authorization: Bearer\`, \`X-API-KEY\` or \`Key\`; schedule routes also take
\`?token=\`. Writes take an \`Idempotency-Key\`, single objects carry an \`ETag\`, lists give their total.

Guides: ${Object.entries(guideNames)
  .map(([name, title]) => `[${title}](/api/v2/reference/guides/${name})`)
  .join(', ')}.

# How every request behaves

${behaviourOfAll()}

# Limits

${limitTable()}

# Error codes

${errorTable()}

# Answers of the gateway

${gatewayTable}
`

export const limitTable = (): string => `| limit | value | unit | what it bounds |
|---|---|---|---|
${limitRows()
  .map(({ name, value, unit, note }) => `| \`${name}\` | ${value} | ${unit} | ${note} |`)
  .join('\n')}`

const errorTable =
  (): string => `A code is an HTTP status with four digits behind it; the column shows the status that is sent.

| code | status | name | message |
|---|---|---|---|
${errorRows()
  .map(
    ({ code, status, name, message }) =>
      `| [${code}](/api/v2/reference/errors/${code}) | ${status} | \`${name}\` | ${message} |`,
  )
  .join('\n')}`

const gatewayTable = `Some answers come from Amazon API Gateway before a function is asked. They have another body, and
\`apigw-requestid\` in place of \`x-request-id\`.

| status | body | when |
|---|---|---|
| 400 | \`{"message":"Bad Request"}\` | a request line or a header that cannot be read |
| 413 | \`{"message":"Request Entity Too Large"}\` | a body over 10 MB |
| 414, 431 | none | request line and headers over 10,240 bytes |
| 429 | \`{"message":"Too Many Requests"}\` | over the throttle: wait a second and repeat |
| 500 | \`{"message":"Internal Server Error"}\` | a function ended without an answer |
| 503 | \`{"message":"Service Unavailable"}\` | no room, or 30 s: repeat with the same \`Idempotency-Key\` |`

export const limitRows = (): ({ name: string } & Json)[] =>
  Object.entries(limits).map(([name, limit]) => ({ name, ...limit }))

export const errorRows = (): ({ name: string } & Json)[] =>
  errorNames.map((name) => ({
    code: codeOf(name),
    status: statusOf(name),
    name,
    message: messageOf(name),
  }))
