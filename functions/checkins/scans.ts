import * as v from 'valibot'
import { millisOf } from '#lib/base/time.ts'
import { ok, write } from '#lib/http/answer.ts'
import { pageOf, pageQuery, record } from '#lib/http/page.ts'
import { type Answer, eventRoute, type Route } from '#lib/http/route.ts'
import { entrance, type Scan } from '#lib/model/door/scan.ts'
import type { Session } from '#lib/model/session.ts'
import { listScans } from '#lib/store/door/read.ts'
import { type TakenScan, takeScan } from '#lib/store/door/take-scan.ts'
import { resolveId } from '#lib/store/external-ids.ts'
import { CheckinAnswer, CheckinBody, printCheckin } from '#lib/wire/checkin.ts'
import { countedEntries, instantText, reference } from '#lib/wire/fields.ts'
import type { Presentation } from '#lib/wire/presentation.ts'
import { doorNamed, wantedScan } from './wanted.ts'

const tag = 'Door'
const path = '/events/{event}/checkins'
const nowhere = 'per_nobody'

export const checkinRoutes: Route[] = [
  eventRoute({
    id: 'createCheckin',
    method: 'post',
    path,
    tag,
    summary: 'Scan a badge at a door, in or out: let through or not, and kept either way',
    right: 'door',
    body: { wrapper: 'checkin', schema: CheckinBody },
    returns: CheckinAnswer,
    errors: ['invalid_reference'],
    example: { checkin: { code: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ', nonce: 'door-1-000042' } },
    handle: async (call) => {
      const { view, scope } = call
      const wanted = await wantedScan(call, call.body)
      const known = wanted.session ? [[wanted.session.id, wanted.session] as const] : []
      const sessions = new Map<string, Session>(known)
      const { deleting } = scope
      const answer = ({ scan, person }: TakenScan): Answer =>
        ok(printCheckin(view, scan, { person, sessions, deleting }))
      return write(call, answer, (own) => takeScan(own, wanted))
    },
  }),
  eventRoute({
    id: 'listCheckins',
    method: 'get',
    path,
    tag,
    summary: 'List scans by their time, all or those that filters name',
    right: 'event:read',
    query: {
      session: v.optional(reference),
      person: v.optional(reference),
      from: v.optional(instantText),
      ...pageQuery(),
    },
    returns: v.object({
      query_string: v.string(),
      ...countedEntries,
      checkin_list: v.array(CheckinAnswer),
    }),
    errors: ['invalid_reference', 'invalid_cursor'],
    handle: async (call) => {
      const { scope, query } = call
      const session = query.session === undefined ? undefined : await doorNamed(call, query.session)
      const person =
        query.person === undefined
          ? undefined
          : ((await resolveId(scope, 'person', query.person)) ?? nowhere)
      const filters = {
        list: query.session === undefined ? undefined : (session?.id ?? entrance),
        person,
        from: query.from === undefined ? undefined : millisOf(query.from),
      }
      const { page, people, sessions } = await listScans(scope, filters, pageOf(query, 'keys'))
      const { deleting } = scope
      const print = (view: Presentation, scan: Scan) =>
        printCheckin(view, scan, { person: people.get(scan.person ?? ''), sessions, deleting })
      return record(call, 'checkin_list', print, page)
    },
  }),
]
