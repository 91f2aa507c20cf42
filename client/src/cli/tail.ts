import { parseArgs } from 'node:util'
import { connection } from './login.ts'
import { Refusal } from './refusal.ts'

type Changes = { latest: number; changes_list: { sequence: number }[] }

/** Prints what happens in an event, as JSON, a line each; from now on, or behind `--after`. */
export async function tail(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: { event: { type: 'string' }, after: { type: 'string' }, types: { type: 'string' } },
  })
  const { event, after = 'now', types } = values
  if (!event) throw new Refusal('plenary tail --event EVENT')
  const { client } = connection()
  for (let place = after; ; ) {
    const { data } = await client.get({
      url: '/events/{event}/changes',
      path: { event },
      query: { after: place, wait: 20, ...(types && { types }) },
    })
    const { latest, changes_list: changes } = data as Changes
    for (const change of changes) process.stdout.write(`${JSON.stringify(change)}\n`)
    place = String(changes.at(-1)?.sequence ?? (place === 'now' ? latest : place))
  }
}
