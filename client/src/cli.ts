#!/usr/bin/env node
import { exportRows } from './cli/export.ts'
import { importRows } from './cli/import.ts'
import { login } from './cli/login.ts'
import { open } from './cli/open.ts'
import { fail, Refusal } from './cli/refusal.ts'
import { tail } from './cli/tail.ts'

const usage = `plenary login <url> --token TOKEN        keeps address and token for the commands below
plenary import <file> --event EVENT      people of a .csv or .ndjson file; - reads from the standard input
    --into people|sessions|tracks|members:GROUP|attendees:SESSION
    --ids SYSTEM  the rows refer to people, tracks and sessions by ids of that system
    --dry-run  --key external|email|id  --mode upsert|create|update  --encoding windows-1252
plenary export <kind> --event EVENT      a file of all people, sessions, attendance, checkins, usage_logs, meetings, changes
    --format csv|ndjson  --output FILE
plenary tail --event EVENT               what happens in the event, a line each
plenary open                             the reference, in a browser

PLENARY_URL and PLENARY_TOKEN go before what login keeps.`

const commands: Record<string, (args: string[]) => Promise<void>> = {
  login,
  import: importRows,
  export: exportRows,
  tail,
  open,
}

const [name = '', ...args] = process.argv.slice(2)
const run = Object.hasOwn(commands, name) ? commands[name] : undefined
try {
  if (!run) throw new Refusal(usage)
  await run(args)
} catch (error) {
  fail(error)
}
