import * as v from 'valibot'
import { single } from '#lib/http/answer.ts'
import { commaList, pageHeaders, pageOf, pageQuery, publicUrl, wordQuery } from '#lib/http/page.ts'
import { eventRoute, type Route } from '#lib/http/route.ts'
import { listDirectory } from '#lib/store/read/directory.ts'
import { DirectoryAnswer, printDirectory } from '#lib/wire/directory.ts'

const { limit, cursor } = pageQuery()

export const directoryRoutes: Route[] = [
  eventRoute({
    id: 'listDirectory',
    method: 'get',
    path: '/events/{event}/people/directory',
    tag: 'Attendees',
    summary: 'List the people who show their profile, by words and interests',
    right: 'person',
    query: { q: v.optional(wordQuery), interests: v.optional(commaList), limit, cursor },
    returns: DirectoryAnswer,
    errors: ['invalid_cursor'],
    handle: async (call) => {
      const { scope, token, query, request } = call
      const { after } = pageOf({ ...query, offset: 0 }, query.q === undefined ? 'person' : 'keys')
      const wanted = { ...query, me: token.person, ...(after !== undefined && { after }) }
      const found = await listDirectory(scope, wanted)
      const page = { rows: found.rows, total: 0, next: found.next }
      const around = { deleting: scope.deleting, me: token.person }
      const answer = single(call, (view) => printDirectory(view, page, around), undefined)
      const { 'x-total-count': _, ...next } = pageHeaders(publicUrl(request), page)
      return { ...answer, headers: { ...answer.headers, ...next } }
    },
  }),
]
