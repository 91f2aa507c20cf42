import * as v from 'valibot'
import { written } from '#lib/http/answer.ts'
import { page, pageOf, pageQuery } from '#lib/http/page.ts'
import { type EventCall, eventRoute, type Route } from '#lib/http/route.ts'
import { listConnections } from '#lib/store/read/connections.ts'
import { namedPerson, requireMe } from '#lib/store/read/profiles.ts'
import {
  answerConnection,
  endConnection,
  type Parties,
  requestConnection,
} from '#lib/store/write/connections.ts'
import {
  AnswerBody,
  ConnectionAnswer,
  connectionStatuses,
  printConnection,
} from '#lib/wire/connection.ts'

const tag = 'Profiles'
const path = '/events/{event}/people/{person}/connection'
const someone = [
  'person_not_found',
  'attendee_not_found',
  'self_connection',
  'admin_without_ticket',
] as const

export const connectionRoutes: Route[] = [
  eventRoute({
    id: 'requestConnection',
    method: 'post',
    path,
    tag,
    summary: 'Ask somebody to connect; two who ask each other are connected',
    right: 'person',
    body: { schema: v.strictObject({}), optional: true },
    returns: ConnectionAnswer,
    errors: [...someone, 'already_connected', 'already_requested', 'connection_rejected'],
    handle: async (call) => {
      const parties = await partiesOf(call)
      return written(call, printConnection, (scope, precondition) =>
        requestConnection(scope, parties, precondition),
      )
    },
  }),
  eventRoute({
    id: 'answerConnection',
    method: 'put',
    path,
    tag,
    summary: 'Accept or reject a request to connect',
    right: 'person',
    body: { wrapper: 'connection', schema: AnswerBody },
    returns: ConnectionAnswer,
    errors: [...someone, 'connection_not_found', 'connection_accepted', 'connection_rejected'],
    example: { status: 'ACCEPT' },
    handle: async (call) => {
      const parties = await partiesOf(call)
      return written(call, printConnection, (scope, precondition) =>
        answerConnection(scope, parties, call.body.status, precondition),
      )
    },
  }),
  eventRoute({
    id: 'endConnection',
    method: 'delete',
    path,
    tag,
    summary: 'Take a request back, end a connection, or forgive a rejection',
    right: 'person',
    returns: ConnectionAnswer,
    errors: [...someone, 'connection_not_found', 'connection_rejected'],
    handle: async (call) => {
      const parties = await partiesOf(call)
      return written(call, printConnection, (scope, precondition) =>
        endConnection(scope, parties, precondition),
      )
    },
  }),
  eventRoute({
    id: 'listMyConnections',
    method: 'get',
    path: '/events/{event}/people/me/connections',
    tag,
    summary: 'List connections and requests of the caller',
    right: 'person',
    query: {
      status: v.optional(
        v.picklist(connectionStatuses, `Expected ${connectionStatuses.join(', ')}.`),
      ),
      ...pageQuery(1000),
    },
    returns: v.array(ConnectionAnswer),
    errors: ['person_not_found', 'invalid_cursor'],
    handle: async (call) => {
      const me = await requireMe(call.scope, call.token)
      const wanted = pageOf(call.query, 'person')
      const found = await listConnections(call.scope, me, call.query.status, wanted)
      return page(call, printConnection, found)
    },
  }),
]

/** The caller and whom the path names. */
const partiesOf = async ({ scope, token, params }: EventCall): Promise<Parties> => ({
  caller: token,
  other: await namedPerson(scope, token, params.person),
})
