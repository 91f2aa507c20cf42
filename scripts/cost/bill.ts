import prices from './prices.json' with { type: 'json' }
import usage from './usage.json' with { type: 'json' }

export type Bill = Record<string, number>

const gb = 1_000_000
const million = 1_000_000
/** Functions have a gigabyte unless they say otherwise. */
const memoryGb = 1

/** What a month costs when nobody calls: alarms, and the runs of every minute: of the sweeper, webhooks and exports. */
export function idle(): Bill {
  const { sweeperMs, sweeperUnits, sweeperLogKb, alarmMetrics } = usage.idle
  const runs = 60 * 24 * 30
  return {
    Alarms: alarmMetrics * prices.alarm,
    Sweeper:
      lambda(runs, sweeperMs) +
      (runs * sweeperUnits * prices.readUnitsPerMillion) / million +
      ((runs * sweeperLogKb) / gb) * prices.logsPerGb,
  }
}

/** What a month with one event of so many attendees costs, by part. Free tiers are left out. */
export function bill(attendees: number): Bill {
  const { perAttendee, perRequest } = usage
  const calls = usage.operations.map((one) => ({ ...one, count: one.perAttendee * attendees }))
  const requests = sum(calls.map(({ count }) => count))
  const units = (kind: string) =>
    sum(calls.map((one) => (one.kind === kind ? one.count * one.units : 0)))
  const uploads = calls.find(({ name }) => name === 'upload a picture')?.count ?? 0
  const seen = perAttendee.picturesSeen * attendees
  return {
    ...idle(),
    'HTTP API': (requests * prices.apiPerMillion) / million,
    Lambda: sum(calls.map(({ count, ms }) => lambda(count, ms))),
    'DynamoDB reads': (units('read') * prices.readUnitsPerMillion) / million,
    'DynamoDB writes': (units('write') * prices.writeUnitsPerMillion) / million,
    'Storage and recovery':
      ((attendees * perAttendee.rowsKb) / gb) * (prices.tablePerGb + prices.recoveryPerGb),
    Pictures:
      (uploads * prices.putsPerThousand) / 1_000 +
      ((uploads * perAttendee.pictureKb) / gb) * prices.picturesPerGb +
      ((seen * perAttendee.pictureKb) / gb) * prices.cdnPerGb +
      (seen * prices.cdnPerMillion) / million,
    Logs: ((requests * perRequest.logKb) / gb) * prices.logsPerGb,
    Transfer: ((requests * perRequest.answerKb) / gb) * prices.transferPerGb,
  }
}

export const total = (parts: Bill): number => sum(Object.values(parts))

const lambda = (runs: number, ms: number) =>
  (runs * prices.lambdaPerMillion) / million +
  runs * (ms / 1_000) * memoryGb * prices.lambdaPerGbSecond
const sum = (numbers: number[]) => numbers.reduce((all, one) => all + one, 0)
