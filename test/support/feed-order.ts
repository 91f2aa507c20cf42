import type { askOf } from '#examples/run.ts'
import type { Told } from './changes.ts'

/** Everything that the feed of an event tells, in its order. */
export async function everyChange(ask: ReturnType<typeof askOf>): Promise<Told[]> {
  const all: Told[] = []
  for (let path: string | undefined = '/changes?limit=1000'; path; ) {
    const { body, next } = await ask(path)
    all.push(...(body as { changes_list: Told[] }).changes_list)
    path = next
  }
  return all
}

/** Where a feed has a gap, a repetition, or the versions of one thing in another order. */
export function disorderOf(all: Told[]): string[] {
  const faults = all.flatMap(({ sequence }, n) =>
    sequence === n + 1 ? [] : [`sequence ${sequence} stands where ${n + 1} is due`],
  )
  if (new Set(all.map(({ change_id }) => change_id)).size !== all.length)
    faults.push('a change is told twice')
  for (const [id, some] of Map.groupBy(all, ({ object_id }) => object_id)) {
    const versions = some.map(({ version }) => version)
    if (versions.join() !== versions.toSorted((a, b) => a - b).join())
      faults.push(`versions of ${id} come as ${versions}`)
  }
  return faults
}
