import { bucketsFault, countFault, countRules, keptFault } from './counts.ts'
import { type Fact, type Fault, type Row, type Rules, Seen } from './facts.ts'
import { formOf, scopeIn } from './forms.ts'
import { accessRules } from './rules/access.ts'
import { changeRules, cursorFault, numberingFault } from './rules/changes.ts'
import { doorRules, presenceFault } from './rules/door.ts'
import { requestsFault } from './rules/meetings.ts'
import { counterFault, numberRules } from './rules/numbers.ts'
import { object, objectsPk } from './rules/objects.ts'
import { outgoingRules } from './rules/outgoing.ts'
import { peopleRules, speakersFault } from './rules/people.ts'
import { scheduleRules, segmentsFault } from './rules/schedules.ts'
import { seatBucketRule, seatRules, seatsFault } from './rules/seats.ts'
import { sessionRules } from './rules/sessions.ts'
import { togetherRules } from './rules/together.ts'

const rules: Rules[] = [
  ...countRules,
  seatBucketRule,
  ...accessRules,
  ...changeRules,
  ...doorRules,
  ...numberRules,
  ...outgoingRules,
  ...peopleRules,
  ...scheduleRules,
  ...seatRules,
  ...sessionRules,
  ...togetherRules,
  [objectsPk, object],
]

const byForm = Map.groupBy(rules, ([pk]) => formOf(pk).form)

/** Says all that one row has to say. */
export function judge(row: Row, say: (fact: Fact) => void): void {
  const { form, args, ...where } = formOf(row.pk)
  const seen = new Seen(row, scopeIn(where), args, say)
  const known = byForm.get(form)
  if (!known) {
    seen.wrong('unknown', 'a row that docs/data.md lists', form.trim())
    return
  }
  try {
    for (const [, rule] of known) rule(seen)
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof RangeError)) throw error
    seen.wrong('shape', 'the attributes of its kind', error.message)
  }
}

export type Book = Record<string, number | string[]>

/** What is wrong with what was added up, by the name of the rule. */
const books: Record<string, (book: never) => Fault | undefined> = {
  count: countFault,
  buckets: bucketsFault,
  kept: keptFault,
  seats: seatsFault,
  speakers: speakersFault,
  presence: presenceFault,
  requests: requestsFault,
  counter: counterFault,
  numbering: numberingFault,
  cursor: cursorFault,
  segments: segmentsFault,
}

export const bookFault = (rule: string, book: Book): Fault | undefined =>
  books[rule]?.(book as never)

/** Adds what a row says to a book. */
export function addTo(book: Book, { adds = {} }: Fact): void {
  for (const [name, value] of Object.entries(adds)) {
    if (typeof value === 'string') {
      const texts = (book[name] ?? []) as string[]
      texts.push(value)
      book[name] = texts
      continue
    }
    const before = book[name] as number | undefined
    if (before === undefined) book[name] = value
    else if (name.startsWith('max')) book[name] = Math.max(before, value)
    else if (name.startsWith('min')) book[name] = Math.min(before, value)
    else book[name] = before + value
  }
}
