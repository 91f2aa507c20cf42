import { readFileSync } from 'node:fs'
import { app } from '#functions/people.ts'
import { setLogSink } from '#lib/base/log.ts'
import { ask } from '#lib/http/lambda.ts'
import { runJobs } from '#lib/store/jobs/runner.ts'
import { createToken, deleteToken } from '#lib/store/write/tokens.ts'
import { requestMs } from '#lib/table/client.ts'
import { operatorError } from './sentence.ts'

/** A line of the list that is kept outside the table: who had themselves erased, and when. */
export type Erasure = { organisation: string; event: string; person: string; at: string }

/** Reads the list; a line that is not understood ends it, since leaving somebody out would be worse. */
export function readErasures(file: string, since: Date | undefined): Erasure[] {
  const lines = text(file).split('\n')
  const all = lines.flatMap((line, n) =>
    line.trim() === '' ? [] : [parsed(line, `${file}:${n + 1}`)],
  )
  return all.filter(({ at }) => since === undefined || Date.parse(at) >= since.getTime())
}

function text(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    throw operatorError(`The list of erasures ${file} cannot be read.`)
  }
}

function parsed(line: string, where: string): Erasure {
  try {
    const { organisation, event, person, at } = JSON.parse(line)
    const isText = [organisation, event, person].every(
      (one) => typeof one === 'string' && one !== '',
    )
    if (isText && !Number.isNaN(Date.parse(at))) return { organisation, event, person, at }
  } catch {}
  throw operatorError(`${where} is not {"organisation": …, "event": …, "person": …, "at": …}.`)
}

/** Erases people once more, as the route does; who is not there any more counts as erased. */
export async function eraseAgain(erasures: Erasure[]): Promise<number> {
  setLogSink(() => undefined)
  let erased = 0
  for (const [organisation, some] of Map.groupBy(erasures, (one) => one.organisation)) {
    erased += await withToken(organisation, (token) => eraseAll(some, token))
  }
  await finishJobs()
  return erased
}

/** What an erasure leaves to the sweeper; a job that fails again and again is the sweeper's to report. */
async function finishJobs(): Promise<void> {
  for (let round = 0; round < 50; round += 1) {
    if ((await runJobs(Date.now() + 50_000)).jobs === 0) return
  }
}

async function eraseAll(erasures: Erasure[], token: string): Promise<number> {
  let erased = 0
  for (const { event, person } of erasures) {
    const path = `/api/v2/events/${event}/people/resources/${person}?erase=true`
    const answer = await ask(app, {
      method: 'DELETE',
      url: `http://localhost${path}`,
      headers: new Map([['authorization', `Bearer ${token}`]]),
      body: new Uint8Array(),
    })
    if (answer.status === 200) erased += 1
    else if (answer.status !== 404) {
      throw operatorError(`${person} of ${event} was not erased again: ${answer.body}`)
    }
  }
  return erased
}

/** A super admin's token for as long as the work takes. */
async function withToken<T>(org: string, work: (token: string) => Promise<T>): Promise<T> {
  const scope = () => ({ org, deadline: Date.now() + requestMs })
  const made = await createToken(scope(), { role: 'super_admin', name: 'Restore', events: [] })
  try {
    return await work(made.text)
  } finally {
    await deleteToken(scope(), made.id)
  }
}
