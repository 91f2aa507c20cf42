import { setLogSink } from '#lib/http/log.ts'
import { stack } from './stack.ts'

// Before any test file is loaded, so that whatever it imports finds the engines in the environment.
await stack()

// A line for each of some thousand requests would bury the one that tells what went wrong.
setLogSink((line) => {
  if (line.includes('"level":"error"')) process.stdout.write(`${line}\n`)
})
