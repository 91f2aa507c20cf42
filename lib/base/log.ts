import { metricsNamespace } from './config.ts'

type Sink = (line: string) => void
let sink: Sink = (line) => void process.stdout.write(`${line}\n`)

/** Sends log lines elsewhere: the local server keeps them in a file. */
export const setLogSink = (to: Sink): void => {
  sink = to
}

/** One JSON line; the caller passes no token, no personal value and no text of a client's (docs/threats.md). */
export const log = (
  level: 'info' | 'warn' | 'error',
  message: string,
  values: Record<string, unknown>,
): void => sink(JSON.stringify({ time: new Date().toISOString(), level, message, ...values }))

/** What a figure counts, as CloudWatch spells it. */
export type Unit = 'Count' | 'Milliseconds' | 'Seconds' | 'None'

/**
 * Figures of a log line that CloudWatch counts (its embedded metric format): put into the line's values, they cost
 * no call. `dimensions` name values of the line.
 */
export const metricsIn = (
  units: Record<string, Unit>,
  dimensions: string[] = [],
): Record<string, unknown> => ({
  _aws: {
    Timestamp: Date.now(),
    CloudWatchMetrics: [
      {
        Namespace: metricsNamespace(),
        Dimensions: [dimensions],
        Metrics: Object.entries(units).map(([Name, Unit]) => ({ Name, Unit })),
      },
    ],
  },
})
