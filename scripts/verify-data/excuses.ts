import type { Event } from '#lib/model/event.ts'
import type { Job } from '#lib/store/queue.ts'
import { storedEvent } from '#lib/store/read/stored-event.ts'
import type { Key } from '#lib/table/keys.ts'
import { keys } from '#lib/table/keys.ts'
import { getRow, getRows, queryRows } from '#lib/table/query.ts'
import type { Place, Row } from './facts.ts'
import { formOf, scopeIn } from './forms.ts'
import { objectsPk } from './rules/objects.ts'
import type { Suspect } from './suspects.ts'

/** What is under way in an event, read just now. */
type UnderWay = { event: Event | undefined; jobs: Job[]; hasWords: boolean }
/** An object that no row names may be about to be named, or to be removed. */
const graceMs = 3_600_000

const until = () => ({ deadline: Date.now() + 60_000 })

export async function allJobs(): Promise<Job[]> {
  const [queue, aside] = await Promise.all(
    [keys.queue(), keys.allSetAside()].map((pk) => queryRows<Key>(until(), { pk })),
  )
  const ids = [
    ...(queue ?? []).map(({ sk }) => sk.slice(sk.indexOf('#') + 1)),
    ...(aside ?? []).map(({ sk }) => sk),
  ]
  return getRows<Job>(until(), ids.map(keys.job))
}

async function underWay(org: string, event: string): Promise<UnderWay> {
  const scope = scopeIn({ org, event })
  const [row, words, jobs] = await Promise.all([
    storedEvent(until(), org, event),
    getRow(until(), keys.wordsComplete(scope)),
    allJobs(),
  ])
  const own = jobs.filter((job) => job.org === org && job.event === event)
  return { event: row, jobs: own, hasWords: words !== undefined }
}

const idShape = /[a-z]{3}_[a-z2-7]{26}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g

/** Whose event something is of, if of any. */
function whereOf({ name, places }: Suspect): { org: string; event: string } | undefined {
  for (const { pk } of places.values()) {
    const { org, event } = formOf(pk)
    if (org && event) return { org, event }
  }
  const [org, event] = ['org', 'evt'].map((kind) =>
    (name.match(idShape) ?? []).find((id) => id.startsWith(kind)),
  )
  return org && event ? { org, event } : undefined
}

/**
 * Why something may be as it is: work on it that is decided and not all done, an event that is gone (which is told of
 * once), words of an older event, an object that is new. Nothing where there is no excuse.
 */
export async function excuseOf(suspect: Suspect, rows: Row[]): Promise<string | undefined> {
  const { rule, name } = suspect
  if (rule === 'object') return excuseOfObject(suspect, rows)
  const where = whereOf(suspect)
  if (!where) return undefined
  const { event, jobs, hasWords } = await underWay(where.org, where.event)
  if (!event && !['event-row', 'gone', 'numbered'].includes(rule)) return 'its event is gone'
  if (rule === 'words' && !hasWords) return 'the words of this event were never written'
  const places = [...suspect.places.values()].map(placeText).join(' ')
  // A booked time goes with either of the two, and the row of the meeting behind them.
  const parties = rows.flatMap(({ sender, receiver }) => [sender, receiver]).join(' ')
  const ids = new Set(`${name} ${places} ${parties}`.match(idShape))
  ids.delete(where.org)
  ids.delete(where.event)
  if (rule !== 'gone' && [...ids].some((id) => event?.gone?.has(id))) return 'it is being deleted'
  const job = jobs.find((one) => isAbout(one, suspect, ids))
  return job && `a job is at it: ${job.kind}`
}

/** Objects stay for a while when nobody names them, and while a job is at them. */
async function excuseOfObject({ name }: Suspect, rows: Row[]): Promise<string | undefined> {
  if (rows.some(isNew)) return 'it is new'
  const file = name.replace(/-thumb$/, '')
  const jobs = await allJobs()
  const job = jobs.find(
    (one) => name.includes(one.event) && (isEnding(one) || JSON.stringify(one.work).includes(file)),
  )
  return job && `a job is at it: ${job.kind}`
}

const isEnding = ({ kind }: Job): boolean => kind === 'delete-event'

const placeText = ({ pk, sk = '' }: Place): string => `${pk} ${sk}`
const isNew = ({ pk, modified }: Row): boolean =>
  pk === objectsPk && Number(modified) > Date.now() - graceMs

function isAbout(job: Job, { rule, name }: Suspect, ids: Set<string>): boolean {
  const { kind, work } = job
  if (isEnding(job)) return true
  if (kind === 'delete-schedule' && /#H[A-Z]*[# ]|^HX/.test(name)) return true
  // Who is erased loses their address first, and then the row that leads from it.
  if (kind === 'delete-person' && rule === 'schedule') return true
  const text = JSON.stringify(work)
  return [...ids].some((id) => text.includes(id))
}
