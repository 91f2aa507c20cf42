// node examples/run.ts http://127.0.0.1:3000/api/v2/events/demo plk_…
import { setTimeout as sleep } from 'node:timers/promises'
import { type Answer, type Ask, follow, load } from './mirror.ts'

/** An `Ask` of one event: a server that is away, busy or throttled is asked again. */
export const askOf =
  (event: string, token: string): Ask =>
  async (path) => {
    const url = path.startsWith('http') ? path : event + path
    for (;;) {
      const answer = await once(url, token).catch(() => undefined)
      if (answer && answer.status !== 429 && answer.status < 500) return answer
      await sleep(500)
    }
  }

async function once(url: string, token: string): Promise<Answer> {
  const answered = await fetch(url, { headers: { authorization: `Bearer ${token}` } })
  const next = /<(.*)>; rel="next"/.exec(answered.headers.get('link') ?? '')?.[1]
  return { status: answered.status, body: await answered.json(), next }
}

if (process.argv[1]?.endsWith('run.ts')) {
  const [, , event = '', token = ''] = process.argv
  const ask = askOf(event, token)
  for (let mirror = await load(ask); ; mirror = await follow(ask, mirror)) {
    console.log(`${mirror.at}: ${mirror.things.size} things, ${mirror.links.size} links`)
  }
}
