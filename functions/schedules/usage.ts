import { single } from '#lib/http/answer.ts'
import type { Answer, EventCall, eventRoute, Route } from '#lib/http/route.ts'
import { located, scheduleRoute } from '#lib/http/wrappers.ts'
import { locateSchedule, requireSchedule } from '#lib/store/read/schedules.ts'
import { reportOf } from '#lib/store/read/usage-report.ts'
import { UsageAnswer } from '#lib/wire/schedule-answers.ts'
import { type Figures, figuresChart, figuresCsv, printUsage } from '#lib/wire/usage.ts'

const shared = {
  method: 'get',
  tag: 'Event schedules',
  right: 'event:read',
  errors: ['schedule_not_found'],
} as const satisfies Partial<Route>
const usageRoute: typeof eventRoute = (spec) => located(scheduleRoute(spec), locateSchedule)
const csvTypes = { 'text/csv': 'A line per user, ready for a spreadsheet.' }

export const usageRoutes: Route[] = [
  usageRoute({
    ...shared,
    errors: [...shared.errors],
    id: 'getUsage',
    path: '/event_schedules/{id}/usage',
    summary: 'Add up how long everybody was there, and how many at once',
    returns: UsageAnswer,
    returnsOther: csvTypes,
    handle: async (call) => {
      const figures = await figuresOf(call)
      const accept = call.request.headers.get('accept') ?? ''
      return /^text\/csv\b/i.test(accept.trim()) ? csv(figures) : single(call, printUsage, figures)
    },
  }),
  usageRoute({
    ...shared,
    errors: [...shared.errors],
    id: 'getUsageTable',
    path: '/event_schedules/{id}/usage.csv',
    summary: 'The usage of every user as CSV',
    returnsOther: csvTypes,
    handle: async (call) => csv(await figuresOf(call)),
  }),
  usageRoute({
    ...shared,
    errors: [...shared.errors],
    id: 'getUsageChart',
    path: '/event_schedules/{id}/usage.svg',
    summary: 'How many were there at once, as a picture',
    returnsOther: { 'image/svg+xml': 'A chart that stands alone.' },
    handle: async (call) => ({
      status: 200,
      bytes: figuresChart(await figuresOf(call)),
      headers: {
        'content-type': 'image/svg+xml; charset=utf-8',
        // The chart brings its own style sheet, and nothing else.
        'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; sandbox",
      },
    }),
  }),
]

async function figuresOf({ scope, event, params }: EventCall): Promise<Figures> {
  const id = Number(params.id)
  const [schedule, report] = await Promise.all([requireSchedule(scope, id), reportOf(scope, id)])
  return { schedule, event, report }
}

const csv = (figures: Figures): Answer => ({
  status: 200,
  bytes: figuresCsv(figures),
  headers: {
    'content-type': 'text/csv; charset=utf-8',
    'content-disposition': `attachment; filename="usage-${figures.schedule.id}.csv"`,
  },
})
