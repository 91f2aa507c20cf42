import { afterEach, expect, test } from 'vitest'
import { log, setLogSink } from '#lib/base/log.ts'
import { instantOf } from '#lib/base/time.ts'
import { runJobs } from '#lib/store/jobs/runner.ts'
import { getJob, newJob } from '#lib/store/queue.ts'
import { keys } from '#lib/table/keys.ts'
import { transact } from '#lib/table/transact.ts'
import { put } from '#lib/table/writes.ts'
import { call } from '#test/support/call.ts'
import { freshEvent } from '#test/support/factories.ts'
import { type Json, make, view } from './template/template.ts'

const template = view(make())
const alarms = template.all('CloudWatch::Alarm').map(([, { Properties }]) => Properties)
const named = (id: string): Json => template.properties('CloudWatch::Alarm', id)
/** Whether an alarm is on after these figures, one for each of its periods; undefined is a figure that is missing. */
function isOn(alarm: Json, figures: (number | undefined)[]): boolean {
  const { Threshold, ComparisonOperator, TreatMissingData, EvaluationPeriods } = alarm
  const seen = figures.slice(-EvaluationPeriods)
  return seen.every((figure) => {
    if (figure === undefined) return TreatMissingData === 'breaching'
    return ComparisonOperator === 'LessThanThreshold' ? figure < Threshold : figure >= Threshold
  })
}

test.each(alarms)('begins and ends as its source does: $AlarmDescription', (alarm) => {
  const { Threshold, ComparisonOperator, EvaluationPeriods } = alarm
  const isSilence = ComparisonOperator === 'LessThanThreshold'
  const bad = Array(EvaluationPeriods).fill(isSilence ? 0 : Threshold)
  const good = isSilence ? 5 : Threshold - 1
  expect(isOn(alarm, bad)).toBe(true)
  expect(isOn(alarm, [...bad, good])).toBe(false)
  expect(isOn(alarm, Array(EvaluationPeriods).fill(undefined))).toBe(isSilence)
})

/** The access log's line for an answer, made by the template's own format. */
function accessLine(status: number): Record<string, string> {
  const { Format } = template.properties('ApiGatewayV2::Stage').AccessLogSettings
  const values: Record<string, string> = { '$context.status': String(status) }
  return JSON.parse(Format.replace(/\$context\.[\w.]+/g, (name: string) => values[name] ?? '-'))
}

/** How many of these lines a metric filter counts. */
function counted(filter: Json, lines: Record<string, string>[]): number {
  const [, name = '', wanted] = /^\{ \$\.(\w+) = "([\w ]+)" \}$/.exec(filter.FilterPattern) ?? []
  return lines.filter((line) => line[name] === wanted).length
}

test.each([
  ['TooManyRequests', 'TooManyRequestsFilter', 429],
  ['UnknownTokens', 'UnauthorisedFilter', 401],
])('%s is raised by lines of the access log', (id, filter, status) => {
  const { Threshold } = named(id)
  const count = (lines: number, of: number) =>
    counted(
      template.properties('Logs::MetricFilter', filter),
      Array.from({ length: lines }, () => accessLine(of)),
    )
  expect(isOn(named(id), [count(Threshold, status)])).toBe(true)
  expect(isOn(named(id), [count(Threshold - 1, status)])).toBe(false)
  expect(isOn(named(id), [count(Threshold * 2, 200)])).toBe(false)
})

test('JobsSetAside is raised by one line of the sweeper', () => {
  listen()
  log('error', 'job set aside', { kind: 'delete-event' })
  const filter = template.properties('Logs::MetricFilter', 'JobsSetAside')
  expect(isOn(named('JobsSetAside'), [counted(filter, lines)])).toBe(true)
})

/** The figures of a name in lines of the embedded metric format, if they are in this namespace. */
function figures(lines: Json[], name: string, namespace: string): number[] {
  return lines.flatMap((line) =>
    (line._aws?.CloudWatchMetrics ?? [])
      .filter((one: Json) => one.Namespace === namespace)
      .flatMap((one: Json) => one.Metrics.filter((metric: Json) => metric.Name === name))
      .map(() => line[name]),
  )
}

const lines: Json[] = []
const listen = () => setLogSink((line) => void lines.push(JSON.parse(line)))
afterEach(() => {
  setLogSink(() => undefined)
  lines.length = 0
})

test('JobsOld is raised by a job that nobody finishes', async () => {
  const scope = { org: 'org_x', deadline: Date.now() + 10_000 }
  const { id, row } = newJob(scope, 'of a later release', {}, -60_000)
  const createdAt = instantOf(Date.now() - 3_600_000)
  await transact(scope, [
    put({ ...keys.job(id), ...row, createdAt }),
    put(keys.queued(row.due, id)),
  ])
  listen()
  await runJobs(Date.now() + 5_000)
  const { MetricName, Namespace } = named('JobsOld')
  const [seconds = 0] = figures(lines, MetricName, Namespace)
  expect(seconds).toBeGreaterThanOrEqual(3_600)
  expect(isOn(named('JobsOld'), [seconds])).toBe(true)
})

test('a job of a later release waits for it, and is not set aside', async () => {
  const scope = { org: 'org_x', deadline: Date.now() + 10_000 }
  const { id, writes } = newJob(scope, 'of a later release', { n: 1 })
  await transact(scope, writes)
  listen()
  expect((await runJobs(Date.now() + 2_000)).setAside).toBe(0)
  const job = await getJob(scope, id)
  expect(job).toMatchObject({ kind: 'of a later release', work: { n: 1 } })
  expect(Date.parse(job?.due ?? '')).toBeGreaterThan(Date.now() + 5 * 60_000)
})

test('a request leaves one line: route, error by name, what it took, and nothing of its path', async () => {
  const at = await freshEvent()
  listen()
  await at.ask('GET', '/people/resources/per_secret')
  await call('POST', '/events', { token: at.token, body: { name: 'Hidden' } })
  expect(lines).toHaveLength(2)
  const [missing, made] = lines
  expect(missing).toMatchObject({
    message: 'request',
    level: 'info',
    route: 'GET /events/{event}/people/resources/{person}',
    status: 404,
    error: 'person_not_found',
  })
  expect(made).toMatchObject({ status: 200, conflicts: 0 })
  expect(made.units).toBeGreaterThan(0)
  expect(made).not.toHaveProperty('error')
  expect(JSON.stringify(lines)).not.toMatch(/per_secret|Hidden|_aws/)
})

test('a request is counted by route when that is switched on', async () => {
  const at = await freshEvent()
  process.env.ROUTE_METRICS = '1'
  listen()
  await at.ask('GET', '')
  delete process.env.ROUTE_METRICS
  const [line] = lines
  expect(line._aws.CloudWatchMetrics[0].Dimensions).toEqual([['route']])
  expect(figures(lines, 'count', 'Plenary')).toEqual([1])
  expect(figures(lines, 'units', 'Plenary')[0]).toBeGreaterThan(0)
})
