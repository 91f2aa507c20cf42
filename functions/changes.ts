import * as v from 'valibot'
import { isId } from '#lib/base/ids.ts'
import { ok } from '#lib/http/answer.ts'
import { createApp } from '#lib/http/app.ts'
import { lambdaHandler } from '#lib/http/lambda.ts'
import type { HttpRequest } from '#lib/http/messages.ts'
import { commaList, count, pageQuery, publicUrl } from '#lib/http/page.ts'
import { type EventCall, eventRoute, type Route, route } from '#lib/http/route.ts'
import { isTypePattern } from '#lib/model/change.ts'
import { type Changes, latestChange, readChanges } from '#lib/store/read/changes.ts'
import { findNamed, resolveAnyId } from '#lib/store/read/named.ts'
import { readObjectChanges } from '#lib/store/read/object-changes.ts'
import { readOrganisationChanges } from '#lib/store/read/organisation-changes.ts'
import { untilFound } from '#lib/store/read/until-found.ts'
import {
  ChangesAnswer,
  idsIn,
  OrganisationChangesAnswer,
  printChanges,
  printOrganisationChanges,
} from '#lib/wire/change.ts'
import { etagOf, etagPresentation } from '#lib/wire/presentation.ts'

const tag = 'Changes'
const { limit } = pageQuery()

const types = v.optional(
  v.pipe(
    commaList,
    v.check(
      (all) => all.every(isTypePattern),
      'Expected types of changes such as person.updated, or person.* for all of one object.',
    ),
  ),
)
const sequence = v.pipe(
  v.string(),
  v.regex(/^(\d{1,12}|now)$/, 'Expected a sequence, or now.'),
  v.description('Only changes behind this sequence; `now`: none, and the latest sequence.'),
  v.transform((text): number | 'now' => (text === 'now' ? 'now' : Number(text))),
)
const place = v.pipe(
  v.string(),
  v.check(
    (text) => /^[^:]+:\d{1,12}$/.test(text) && isId('event', text.split(':')[0] ?? ''),
    'Expected the id of an event and a sequence, with a colon between them.',
  ),
  v.transform((text) => {
    const [event = '', last] = text.split(':')
    return { event, sequence: Number(last) }
  }),
  v.description('`<event_id>:<sequence>`: only what comes behind it in the order of both.'),
)
const object = v.pipe(
  v.string(),
  v.maxLength(1024),
  v.description('Only changes of this object, and those that are about it.'),
)
const wait = v.pipe(count(0, 20), v.description('Seconds to wait for the first change, 0 to 20.'))

type Asked = {
  after: number | 'now'
  limit: number
  types?: string[] | undefined
  object?: string | undefined
  wait: number
}

export const routes: Route[] = [
  eventRoute({
    id: 'listChanges',
    method: 'get',
    path: '/events/{event}/changes',
    tag,
    summary: 'Follow what happens in an event',
    description:
      'Changes are numbered 1, 2, 3 … without a gap: whoever has read a sequence has read all before it. ' +
      'To mirror an event, take `latest` with `after=now`, read the lists, and go on from there.',
    right: 'event:read',
    query: {
      after: v.optional(sequence, '0'),
      limit,
      types,
      object: v.optional(object),
      wait: v.optional(wait, '0'),
    },
    returns: ChangesAnswer,
    errors: ['changes_gone'],
    handle: async (call) => {
      const { scope, event, view, query } = call
      const found = await changesWanted(call)
      const known = await findNamed(scope, [...idsIn(found.rows)])
      const print = (as: typeof view) => printChanges(as, { ...found, event, known })
      const after = query.after === 'now' ? undefined : found.next
      return ok(print(view), {
        etag: etagOf(print(etagPresentation(view))),
        ...(after !== undefined && { link: nextLink(call.request, String(after)) }),
      })
    },
  }),
  route({
    id: 'listOrganisationChanges',
    method: 'get',
    path: '/changes',
    tag,
    summary: 'Read what happened in all events of the organisation',
    description:
      'In the order of event and sequence, with those of deleted events. `latest_list` says how far each is: ' +
      'of an event that has moved on, go on behind the sequence that was read last.',
    right: 'organisation',
    query: { after: v.optional(place), limit, types },
    returns: OrganisationChangesAnswer,
    handle: async ({ scope, view, query, request }) => {
      const { after, ...rest } = query
      const found = await readOrganisationChanges(scope, { ...rest, ...(after && { after }) })
      const { next } = found
      const print = (as: typeof view) => printOrganisationChanges(as, found)
      return ok(print(view), {
        etag: etagOf(print(etagPresentation(view))),
        ...(next && { link: nextLink(request, `${next.event}:${next.sequence}`) }),
      })
    },
  }),
]

async function changesWanted({ scope, query }: EventCall<Asked>): Promise<Changes> {
  const { after, limit, types, object, wait } = query
  if (after === 'now') return { rows: [], latest: await latestChange(scope) }
  const own = object === undefined ? undefined : await resolveAnyId(scope, object)
  return untilFound(wait * 1000, after, (from) => {
    const wanted = { after: from, limit, types }
    return own === undefined ? readChanges(scope, wanted) : readObjectChanges(scope, own, wanted)
  })
}

/** The same request behind what was read, without any credential: none comes in the query here. */
function nextLink(request: HttpRequest, after: string): string {
  const to = new URL(publicUrl(request))
  to.searchParams.set('after', after)
  return `<${to.href}>; rel="next"`
}

export const app = createApp(routes)
export const handler = lambdaHandler(app)
