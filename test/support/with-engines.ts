import { setLogSink } from '#lib/base/log.ts'
import { engines } from './engines.ts'

// Before any test file is loaded, so that whatever it imports finds the engines in the environment.
await engines()

// A line per request would bury the report; what went wrong on our side must be seen.
setLogSink((line) => {
  if (line.includes('"level":"error"')) process.stderr.write(`${line}\n`)
})
