import * as v from 'valibot'
import { picturesUrl } from '#lib/base/config.ts'
import { hasAnswer } from '#lib/http/answer.ts'
import { createApp } from '#lib/http/app.ts'
import { lambdaHandler } from '#lib/http/lambda.ts'
import { type Answer, type Call, type Route, route } from '#lib/http/route.ts'
import { visited } from '#lib/http/wrappers.ts'
import type { Event } from '#lib/model/event.ts'
import {
  type PublicProgramme,
  programmeState,
  publicProgramme,
  publicSession,
  publishedEvent,
} from '#lib/store/read/programme.ts'
import { type CalendarFile, eventCalendar, sessionCalendar } from '#lib/wire/calendars.ts'
import { etagOf } from '#lib/wire/presentation.ts'
import { listPage } from './programme/list.ts'
import { policyOf, script, style } from './programme/look.ts'
import { type View, viewOf } from './programme/page.ts'
import { sessionPage } from './programme/session.ts'
import { languageOf } from './programme/words.ts'

const tag = 'Programme'
const path = '/events/{event}/programme'
const cached = { 'cache-control': 'public, max-age=60' }
const pageHeaders = { 'Content-Language': 'The language of the page.' }
const text = v.optional(v.pipe(v.string(), v.trim(), v.maxLength(200, 'Too long.')))
const lang = text
const track = v.optional(
  v.pipe(v.string(), v.trim(), v.maxLength(200, 'Too long.'), v.description('Id of a track.')),
)

type Query = { q?: string | undefined; lang?: string | undefined }
type Asking = Pick<Call<Query>, 'request' | 'path' | 'query'>
/** What a page is made of: what changes with it is read first, the rest for whoever has not got it yet. */
type Page<P extends PublicProgramme> = {
  event: Event
  state: unknown
  read: () => Promise<P>
  print: (view: View, programme: P) => Promise<string>
}

/** A page under a tag of all that it is made of; it is neither read nor printed again for whoever has it. */
async function pageOf<P extends PublicProgramme>(
  call: Asking,
  { event, state, read, print }: Page<P>,
): Promise<Answer> {
  const { request, query } = call
  const language = languageOf(query.lang, request.headers.get('accept-language'))
  const home = call.path.replace(/\/programme(?:\/.*)?$/, '/programme')
  const { id, vr } = event
  const etag = etagOf([look, id, vr, language, home, query, state])
  const headers = { etag, ...cached, vary: 'Accept-Language', 'content-language': language }
  if (hasAnswer({ request })(etag)) return { status: 304, bytes: '', headers }
  const programme = await read()
  const view = viewOf(event, programme, { language, home })
  const typed = {
    ...headers,
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': policyOf(view.styles, new URL(picturesUrl()).origin),
  }
  return { status: 200, bytes: await print(view, programme), headers: typed }
}

/** Changes with the pages themselves. */
const look = etagOf([1, style, script])

const calendar = ({ headers, ...file }: CalendarFile): Answer => ({
  ...file,
  headers: { ...headers, ...cached },
})

export const routes: Route[] = [
  visited(
    route({
      id: 'readProgramme',
      method: 'get',
      path,
      tag,
      summary: 'Read the programme of a published event as a page',
      description:
        'For people, without a token. English or German, as `Accept-Language` or `lang` says.',
      right: 'public',
      query: { q: text, day: text, track, lang },
      headers: pageHeaders,
      returnsOther: { 'text/html': 'The page' },
      errors: ['event_not_found'],
      handle: async (call) => {
        const { event, scope } = await publishedEvent(call.scope, call.params.event ?? '')
        const asked = Object.fromEntries(Object.entries(call.query).filter(([, value]) => value))
        return pageOf(call, {
          event,
          state: await programmeState(scope),
          read: () => publicProgramme(scope),
          print: (view) => listPage(view, asked),
        })
      },
    }),
  ),
  route({
    id: 'getProgrammeCalendar',
    method: 'get',
    path: `${path}/calendar.ics`,
    tag,
    summary: 'Read the programme of a published event as an iCalendar file',
    right: 'public',
    returnsOther: { 'text/calendar': 'The calendar' },
    errors: ['event_not_found'],
    handle: async (call) => {
      const { event, scope } = await publishedEvent(call.scope, call.params.event ?? '')
      return calendar(await eventCalendar(scope, event, hasAnswer(call)))
    },
  }),
  visited(
    route({
      id: 'readProgrammeSession',
      method: 'get',
      path: `${path}/sessions/{session}`,
      tag,
      summary: 'Read a session of a published event as a page',
      right: 'public',
      query: { lang },
      headers: pageHeaders,
      returnsOther: { 'text/html': 'The page' },
      errors: ['event_not_found', 'session_not_found'],
      handle: async (call) => {
        const { event, scope } = await publishedEvent(call.scope, call.params.event ?? '')
        const { session: id = '' } = call.params
        return pageOf(call, {
          event,
          state: await programmeState(scope, id),
          read: () => publicSession(scope, id),
          print: async (view, { sessions: [session] }) =>
            session ? sessionPage(view, session, call.query.lang) : '',
        })
      },
    }),
  ),
  route({
    id: 'getProgrammeEntry',
    method: 'get',
    path: `${path}/sessions/{session}/calendar.ics`,
    tag,
    summary: 'Read a session of a published event as an iCalendar file',
    right: 'public',
    returnsOther: { 'text/calendar': 'The calendar' },
    errors: ['event_not_found', 'session_not_found'],
    handle: async (call) => {
      const { event, scope } = await publishedEvent(call.scope, call.params.event ?? '')
      const { session = '' } = call.params
      await publicSession(scope, session)
      return calendar(await sessionCalendar(scope, event, session, hasAnswer(call)))
    },
  }),
]

export const app = createApp(routes)
export const handler = lambdaHandler(app)
