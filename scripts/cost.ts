import { parseArgs } from 'node:util'
import { bill, total } from './cost/bill.ts'
import prices from './cost/prices.json' with { type: 'json' }
import usage from './cost/usage.json' with { type: 'json' }
import { command, operatorError } from './operator/sentence.ts'

// What a month with one event costs: npm run cost -- --attendees 10000
await command(async () => {
  const { values } = parseArgs({ options: { attendees: { type: 'string', default: '1000' } } })
  const attendees = Number(values.attendees)
  if (!Number.isInteger(attendees) || attendees < 0) {
    throw operatorError(`--attendees is a whole number from 0, not "${values.attendees}".`)
  }
  const parts = bill(attendees)
  const requests = usage.operations.reduce((sum, { perAttendee }) => sum + perAttendee, 0)
  console.log(
    `A month with one event of ${attendees.toLocaleString('en')} attendees, each of ${Math.round(requests)} requests:\n`,
  )
  for (const [part, dollars] of Object.entries(parts)) print(part, dollars)
  print('Total', total(parts))
  console.log(`
List prices of ${prices.region} as of ${prices.date}, free tiers left out (scripts/cost/prices.json).
Units as measured on ${usage.measured}; requests and milliseconds are assumptions (scripts/cost/usage.json).`)
})

function print(part: string, dollars: number): void {
  console.log(`  ${part.padEnd(22)} ${dollars.toFixed(2).padStart(9)} ${prices.currency}`)
}
