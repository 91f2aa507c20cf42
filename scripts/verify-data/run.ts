import { keys } from '#lib/table/keys.ts'
import { getRow } from '#lib/table/query.ts'
import { type Broken, confirm, type Proof } from './confirm.ts'
import { allJobs } from './excuses.ts'
import { Ledger } from './ledger.ts'
import { isCount, mend, mendingWrites } from './mend.ts'
import { allObjects } from './objects.ts'
import { type Reading, readAll } from './read.ts'
import { Search, type Suspect } from './suspects.ts'

export type Options = {
  /** How many segments of the table are read at once. */
  segments: number
  /** Between two looks at something that seems broken. */
  pauseMs: number
  /** Rules that are not judged. */
  skip?: string[]
}
export type Report = {
  reading: Reading
  /** Read a second time because something did not come out even. */
  isReadTwice: boolean
  suspects: number
  /** Changed whenever it was looked at. */
  unsettled: number
  proofs: Proof[]
  jobs: number
  ms: number
}

const atOnce = 8

/** Reads the whole table and says what in it does not hold. */
export async function verifyTable(options: Options): Promise<Report> {
  const start = performance.now()
  const ledger = new Ledger()
  const reading = await readAll(options.segments, (row) => ledger.take(row))
  for await (const row of allObjects()) ledger.take(row)
  const suspicious = ledger.suspicious()
  const search = new Search(suspicious)
  if (suspicious.size > 0) {
    const again = await readAll(options.segments, (row) => search.take(row))
    for await (const row of allObjects()) search.take(row)
    reading.units += again.units
  }
  const suspects = [...search.suspects.values()].filter(({ rule }) => !options.skip?.includes(rule))
  const { proofs, unsettled } = await confirmAll(suspects, options.pauseMs)
  return {
    reading,
    isReadTwice: suspicious.size > 0,
    suspects: suspects.length,
    unsettled,
    proofs: distinct([...(await remainsOf(ledger)), ...proofs]),
    jobs: (await allJobs()).length,
    ms: Math.round(performance.now() - start),
  }
}

async function confirmAll(suspects: Suspect[], pauseMs: number) {
  const proofs: Proof[] = []
  let unsettled = 0
  const next = suspects.values()
  const worker = async () => {
    for (const suspect of next) {
      const verdict = await confirm(suspect, pauseMs)
      if (verdict === 'unsettled') unsettled += 1
      else if (verdict !== 'even') proofs.push(verdict)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
  return { proofs, unsettled }
}

/** Rows of events that are gone, and that no job is removing. */
async function remainsOf({ events }: Ledger): Promise<Proof[]> {
  const without = [...events.values()].filter(({ isThere, example }) => !isThere && example)
  if (without.length === 0) return []
  const jobs = await allJobs()
  const proofs: Proof[] = []
  for (const { org, event, example } of without) {
    const until = { deadline: Date.now() + 60_000 }
    if (!example || jobs.some((job) => job.org === org && job.event === event)) continue
    if (await getRow(until, keys.event(org, event))) continue
    if (!(await getRow(until, example))) continue
    const found = `${example.pk} ${example.sk}`
    const expected = 'nothing of an event that is gone'
    const broken = { rule: 'event-gone', key: `${org}#${event}`, expected, found }
    proofs.push({ broken, rows: [], said: [] })
  }
  return proofs
}

/** Two sides of one thing are told of once. */
function distinct(proofs: Proof[]): Proof[] {
  const name = ({ rule, key }: Broken) => `${rule} ${key}`
  const all = new Map(proofs.map((proof) => [name(proof.broken), proof]))
  return [...all.values()].sort((a, b) => (name(a.broken) < name(b.broken) ? -1 : 1))
}

const rounds = 8

/**
 * Mends what can be mended and verifies again, until nothing is left that can: first the rows that follow from documents,
 * and when they are there, the counts. Gives the last report, and what was mended on the way.
 */
export async function mendTable(options: Options): Promise<{ report: Report; mended: Broken[] }> {
  const mended: Broken[] = []
  let report = await verifyTable(options)
  for (let n = 0; n < rounds; n += 1) {
    const rows = report.proofs.filter((proof) => !isCount(proof) && mendingWrites(proof).length > 0)
    const before = mended.length
    for (const proof of rows.length > 0 ? rows : report.proofs) {
      if (await mend(proof)) mended.push(proof.broken)
    }
    if (mended.length === before) break
    report = await verifyTable(options)
  }
  return { report, mended }
}
