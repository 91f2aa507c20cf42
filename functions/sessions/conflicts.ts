import * as v from 'valibot'
import { type Clash, type ConflictPolicy, clashKinds } from '#lib/base/clash.ts'
import { ApiError } from '#lib/base/errors.ts'
import { ok } from '#lib/http/answer.ts'
import type { Patch } from '#lib/http/body.ts'
import { commaList, counted, listed, pageQuery } from '#lib/http/page.ts'
import { type EventCall, eventRoute, type Route } from '#lib/http/route.ts'
import { resolveId } from '#lib/store/external-ids.ts'
import { listConflicts, withKnown } from '#lib/store/read/conflicts.ts'
import type { LoadedSession } from '#lib/store/read/included-sessions.ts'
import { createSession, updateSession } from '#lib/store/write/sessions.ts'
import { ConflictAnswer, printConflict } from '#lib/wire/conflict.ts'
import { countedEntries } from '#lib/wire/fields.ts'
import { SessionBody, sessionNullMeans, sessionPatchTarget } from '#lib/wire/session.ts'
import { sessionChange } from '#lib/wire/session-body.ts'

const tag = 'Conflicts'
const path = '/events/{event}/conflicts'

const kindsQuery = v.pipe(
  commaList,
  v.array(v.picklist(clashKinds, `Expected some of ${clashKinds.join(', ')}.`)),
)
const { limit, offset } = pageQuery(1000)

/** What the event wants to hear of. */
const kindsOf = (policy: ConflictPolicy) => clashKinds.filter((kind) => policy[kind] !== 'ignore')

export const conflictRoutes: Route[] = [
  eventRoute({
    id: 'listConflicts',
    method: 'get',
    path,
    tag,
    summary: 'List what clashes: rooms, speakers and attendees with two things at once',
    right: 'event:read',
    query: { kinds: v.optional(kindsQuery), limit, offset },
    returns: v.object({ ...countedEntries, conflict_list: v.array(ConflictAnswer) }),
    handle: async (call) => {
      const { scope, query } = call
      const { policy } = scope
      const kinds = query.kinds ?? kindsOf(policy)
      const { page, known } = await listConflicts(scope, { ...query, kinds })
      return listed(call, page, (view) => ({
        ...counted(page),
        conflict_list: page.rows.map((clash) => printConflict(view, clash, { known, policy })),
      }))
    },
  }),
  eventRoute({
    id: 'checkConflicts',
    method: 'post',
    path: `${path}/check`,
    tag,
    summary: 'Try a session, or a change of one, without writing it: what would clash',
    right: 'event:read',
    body: { wrapper: 'session', schema: SessionBody, mode: 'patch', nullMeans: sessionNullMeans },
    returns: v.object({ conflict_list: v.array(ConflictAnswer) }),
    errors: ['session_not_found', 'invalid_reference', 'invalid_time', 'unknown_custom_field'],
    example: {
      session: {
        session_name: 'Opening keynote',
        session_date: '2027-05-04',
        session_start_time: '09-00',
        session_end_time: '10-30',
      },
    },
    handle: async (call) => {
      const { scope } = call
      const { policy } = scope
      const { clashes, tried } = await tryOut(call)
      const { known } = await withKnown(scope, { rows: clashes, total: 0, next: undefined })
      const print = (clash: Clash) => printConflict(call.view, clash, { known, policy, tried })
      return ok({ conflict_list: clashes.map(print) })
    },
  }),
]

type Trying = EventCall<unknown, Patch<SessionBody>>

/** What the session would clash with, whose id is told where it is not there yet. */
async function tryOut({ scope: given, view, body }: Trying) {
  const found = new Map<string, Clash[]>()
  const { policy } = given
  const told = { ...policy }
  for (const kind of clashKinds) if (policy[kind] === 'block') told[kind] = 'warn'
  const noticed = (owner: string, clashes: Clash[]) => void found.set(owner, clashes)
  const scope = { ...given, trial: true, policy: told, noticed }
  const of = (made: LoadedSession) => found.get(made.session.id) ?? []
  const sent = body.sent.session_id
  if (typeof sent !== 'string' || sent === '') {
    const made = await createSession(scope, () => sessionChange(scope, body.onto({}), undefined))
    return { clashes: of(made), tried: made.session.id }
  }
  const id = await resolveId(scope, 'session', sent)
  if (id === undefined) throw new ApiError('session_not_found')
  const wanted = (current: LoadedSession) =>
    sessionChange(scope, body.onto(sessionPatchTarget(view, current)), current.session)
  return { clashes: of(await updateSession(scope, id, wanted, () => {})), tried: undefined }
}
