import { instantOf, nowMillis } from '#lib/base/time.ts'
import { remainsScope } from '#lib/store/event-scope.ts'
import { keys } from '#lib/table/keys.ts'
import { queryRows } from '#lib/table/query.ts'
import { transact } from '#lib/table/transact.ts'
import { remove } from '#lib/table/writes.ts'

/** An export that somebody is to look at; `due`: its place in the queue, where it was found there. */
export type ExportPlace = { org: string; event: string; id: string; due?: string }

const mostDue = 200

/** Exports of all organisations that are to be written or removed, the longest waiting first. */
export async function dueExports(deadline: number): Promise<ExportPlace[]> {
  const to = `${instantOf(nowMillis())}~`
  const rows = await queryRows<{ sk: string }>(
    { deadline },
    { pk: keys.dueExports(), to, limit: mostDue, only: ['sk'] },
  )
  return rows.map(({ sk }) => {
    const [due = '', org = '', event = '', id = ''] = sk.split('#')
    return { due, org, event, id }
  })
}

/** Takes a place out of the queue that no export holds any more. */
export async function dropPlace({ org, event, id, due }: ExportPlace, deadline: number) {
  if (due === undefined) return
  const scope = remainsScope({ org, deadline }, event)
  await transact(scope, [remove(keys.dueExport(scope, due, id))])
}
