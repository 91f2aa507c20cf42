import { setTimeout as sleep } from 'node:timers/promises'
import { contend } from '#test/support/contention.ts'
import { doorStatus, type Scanned } from '#test/support/door.ts'
import { freshEvent } from '#test/support/factories.ts'
import type { Measure } from './people.ts'
import { fillPeople } from './sessions.ts'
import { costOf } from './store-calls.ts'

const perSecond = 200

/** How a person stands to the door by our own books. */
type Guest = { id: string; inside: boolean; busy: boolean }

/**
 * A morning at the entrance: 200 scans a second at eight devices, under conflicts as DynamoDB has them, one in twenty sent
 * twice at once. Who is inside is read all along and held against our own books: whose scan is under way counts either way.
 */
export async function doorBench(seconds = 60, size = 20_000): Promise<Measure[]> {
  const at = await freshEvent()
  const guests = (await fillPeople(at, size)).map((id) => ({ id, inside: false, busy: false }))
  const contention = contend()
  let [failed, wrong, misread, scans, begun] = [0, 0, 0, 0, 0]
  const send = async (guest: Guest, n: number) => {
    guest.busy = true
    begun += 1
    const type = guest.inside ? 'exit' : 'entry'
    const nonce = `n-${n}`
    const checkin = { person: guest.id, type, nonce, device: `door-${n % 8}` }
    const ask = () => at.ask('POST', '/checkins', { checkin })
    const replies = await Promise.all(n % 20 === 0 ? [ask(), ask()] : [ask()])
    failed += replies.filter(({ status }) => status !== 200).length
    const bodies = replies.map(({ body }) => body as Scanned)
    if (bodies.some((one) => one.status !== 'ok' || one.checkin_id !== bodies[0]?.checkin_id))
      wrong += 1
    guest.inside = type === 'entry'
    guest.busy = false
    scans += 1
  }
  const books = () => {
    const standing = guests.filter(({ busy }) => !busy)
    const moving = guests.length - standing.length
    return { inside: standing.filter((one) => one.inside).length, moving, begun }
  }
  const running: Promise<void>[] = []
  const start = Date.now()
  const end = start + seconds * 1_000
  const reading = (async () => {
    while (Date.now() < end) {
      const before = books()
      const { inside } = (await doorStatus(at)).event
      // Scans that were under way, or began while it was read, may be in it or not.
      const open = before.moving + begun - before.begun
      if (Math.abs(inside - before.inside) > open) misread += 1
      await sleep(500)
    }
  })()
  for (let n = 0; Date.now() < end; await sleep(5)) {
    for (const due = ((Date.now() - start) * perSecond) / 1_000; n < due; n += 1) {
      const guest = guests[(n * 7_919) % guests.length]
      if (guest && !guest.busy) running.push(send(guest, n))
    }
  }
  await Promise.all([...running, reading])
  const conflicts = contention.conflicts()
  contention.end()
  const { inside } = (await doorStatus(at)).event
  const [first] = guests
  const again = () => at.ask('POST', '/checkins', { checkin: { person: first?.id, force: true } })
  await again()
  const scan = (await costOf(again)).written
  return [
    { name: 'scans failed', value: failed, limit: 0, unit: `of ${scans}` },
    { name: 'scans judged wrongly, or counted twice', value: wrong, limit: 0, unit: 'scans' },
    { name: 'inside now, read wrongly', value: misread, limit: 0, unit: 'times' },
    {
      name: 'inside in the end, against our books',
      value: Math.abs(inside - books().inside),
      limit: 0,
      unit: 'people',
    },
    {
      name: 'scans a second, short of 200',
      value: Math.max(0, 200 - scans / seconds),
      limit: 60,
      unit: '',
    },
    { name: 'conflicts', value: (100 * conflicts) / scans, limit: 100, unit: 'per 100 scans' },
    { name: 'a scan: write units', value: scan, limit: 8, unit: 'WCU' },
  ]
}
