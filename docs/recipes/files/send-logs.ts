// node send-logs.ts watched.csv SCHEDULE: posts usage logs, a thousand at a time
import { readFileSync } from 'node:fs'
import { parse } from 'csv-parse/sync'

type Row = { mail: string; from: string; to: string }
type User = { id: number; email: string }
type Result = { index: number; status: number; error?: { message: string } }

const [file = '', schedule] = process.argv.slice(2)
const rows: Row[] = parse(readFileSync(file), { bom: true, columns: true })

async function ask<T>(path: string, body?: object): Promise<T> {
  const answer = await fetch(`${process.env.PLENARY_URL}${path}`, {
    method: body ? 'POST' : 'GET',
    headers: {
      authorization: `Bearer ${process.env.PLENARY_TOKEN}`,
      'content-type': 'application/json',
    },
    ...(body && { body: JSON.stringify(body) }),
  })
  if (!answer.ok) throw new Error(`${answer.status}: ${await answer.text()}`)
  return (await answer.json()) as T
}

// Up to 5,000 users of an event, in pages of a thousand.
const users = new Map<string, number>()
for (let offset = 0; ; offset += 1000) {
  const page = await ask<User[]>(`/event_schedules/${schedule}/users?limit=1000&offset=${offset}`)
  for (const { id, email } of page) users.set(email, id)
  if (page.length < 1000) break
}

let [taken, refused] = [0, 0]
const refuse = ({ mail, from }: Row, why: string) => {
  refused += 1
  console.error(`${mail} ${from}: ${why}`)
}
const known = rows.filter((row) => {
  const isKnown = users.has(row.mail.trim().toLowerCase())
  if (!isKnown) refuse(row, 'is in no access group')
  return isKnown
})
for (let at = 0; at < known.length; at += 1000) {
  const some = known.slice(at, at + 1000)
  const logs = some.map(({ mail, from, to }) => ({
    event_group_user_id: users.get(mail.trim().toLowerCase()),
    time_in: from,
    time_out: to,
  }))
  for (const { index, error } of await ask<Result[]>(`/event_schedules/${schedule}/logs/bulk`, {
    logs,
  })) {
    const row = some[index]
    if (error && row) refuse(row, error.message)
    else taken += 1
  }
}
console.log(`taken ${taken}, refused ${refused}`)
