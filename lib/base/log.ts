type Sink = (line: string) => void
let sink: Sink = (line) => void process.stdout.write(`${line}\n`)

/** Sends log lines elsewhere: the local server keeps them in a file. */
export const setLogSink = (to: Sink): void => {
  sink = to
}

/** One JSON line; the caller passes no token, no personal value and no text of a client's (docs/threats.md). */
export const log = (
  level: 'info' | 'error',
  message: string,
  values: Record<string, unknown>,
): void => sink(JSON.stringify({ time: new Date().toISOString(), level, message, ...values }))
