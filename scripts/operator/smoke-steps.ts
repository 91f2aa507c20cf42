import type { Answer, Ask } from './client.ts'
import { operatorError } from './sentence.ts'

export type SmokeRun = { ask: Ask; event: string }
type Step = (run: SmokeRun) => Promise<void>

/** What is wrong with an answer, as one sentence. */
function expect(what: string, { status, body }: Answer, wanted: number, holds = true): void {
  if (status === wanted && holds) return
  const said = typeof body === 'string' ? body.slice(0, 200) : JSON.stringify(body).slice(0, 200)
  const due = status === wanted ? 'but not what was due' : `where ${wanted} was due`
  throw operatorError(`${what} answered ${status} ${due}: ${said}`)
}

const crm = { ext_id_system: 'crm' }
const count = 100
const guest = (n: number) => ({
  person: {
    external_ids: [{ id_system: 'crm', id: String(n) }],
    profile: {
      first_name: 'Guest',
      last_name: `No. ${n}`,
      email_address: `guest${n}@example.com`,
    },
  },
})

/** What the README shows, step by step; the first makes the event that all others work in. */
export const smokeSteps: Record<string, Step> = {
  'knows the token': async ({ ask }) => {
    const me = await ask('GET', '/me')
    expect('GET /me', me, 200, me.body.role === 'super_admin')
  },
  'refuses a stranger': async ({ ask }) => {
    const stranger = {
      authorization: 'Bearer plk_aaaaaaaaaaaaaaaaaaaaaaaaaa_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
    }
    expect('GET /me without a token', await ask('GET', '/me', undefined, stranger), 401)
  },
  'creates an event': async (run) => {
    const dates = {
      start_date: '2027-05-04',
      end_date: '2027-05-05',
      time_zone_tz: 'Europe/Berlin',
    }
    const name = `Smoke ${new Date().toISOString()}`
    const made = await run.ask('POST', '/events', { event: { name, event_dates: dates } })
    expect('POST /events', made, 200)
    run.event = made.body.id
  },
  'loads people, 16 at a time': async ({ ask, event }) => {
    for (let from = 0; from < count; from += 16) {
      const some = [...Array(Math.min(16, count - from)).keys()].map((n) => from + n)
      const made = await Promise.all(
        some.map((n) =>
          ask('POST', `/events/${event}/people/resources`, guest(n), {
            'idempotency-key': `load-${event}-${n}`,
          }),
        ),
      )
      for (const one of made) expect('POST …/people/resources', one, 200)
    }
  },
  'lists any page with the exact total': async ({ ask, event }) => {
    const page = await ask('GET', `/events/${event}/people/resources?limit=20&offset=90`)
    const { people_list = [], record_number } = page.body
    expect(
      'GET …/people/resources',
      page,
      200,
      record_number === count && people_list.length === count - 90,
    )
  },
  'finds people by an id of another system': async ({ ask, event }) => {
    const found = await ask('GET', `/events/${event}/people/resources/7`, undefined, crm)
    expect('GET …/people/resources/7', found, 200, found.body.profile?.last_name === 'No. 7')
  },
  'changes a person only if nobody else did': async ({ ask, event }) => {
    const path = `/events/${event}/people/resources/7`
    const { headers } = await ask('GET', path, undefined, crm)
    const tag = { ...crm, 'if-match': headers.get('etag') ?? '' }
    const change = { person: { profile: { company: 'Analytical Engines' } } }
    expect('PATCH with the tag', await ask('PATCH', path, change, tag), 200)
    expect('PATCH with the old tag', await ask('PATCH', path, change, tag), 412)
  },
  'gives and takes a group': async ({ ask, event }) => {
    const made = await ask('POST', `/events/${event}/people/groups`, {
      group: { group_name: 'Crew' },
    })
    expect('POST …/people/groups', made, 200)
    const path = `/events/${event}/people/resources/8/groups/Crew`
    expect('POST …/groups/Crew', await ask('POST', path, undefined, crm), 200)
    const gone = await ask('DELETE', `/events/${event}/people/groups/Crew`)
    expect('DELETE …/people/groups/Crew', gone, 200)
    const left = await ask('GET', `/events/${event}/people/resources?groups=Crew`)
    expect('GET …?groups=Crew', left, 200, left.body.record_number === 0)
  },
  'takes a picture and serves it': async ({ ask, event }) => {
    const made = await ask('POST', `/events/${event}/resources/pictures`, png, {
      'content-type': 'image/png',
    })
    expect('POST …/resources/pictures', made, 200)
    const served = await fetch(made.body.url)
    const type = served.headers.get('content-type') ?? ''
    if (!served.ok || !type.startsWith('image/')) {
      throw operatorError(`The picture at ${made.body.url} answered ${served.status} ${type}.`)
    }
  },
  'tells what has happened': async ({ ask, event }) => {
    const told = await ask('GET', `/events/${event}/changes?types=event.created&wait=20`)
    const [first] = told.body.changes_list ?? []
    expect('GET …/changes', told, 200, first?.sequence === 1 && first.object_id === event)
  },
  'describes itself': async ({ ask }) => {
    const document = await ask('GET', '/openapi.json')
    expect('GET /openapi.json', document, 200, String(document.body.openapi).startsWith('3.1'))
  },
}

/** A red square of 16 × 16. */
const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAABAAAAAQCAMAAAAoLQ9TAAAAA1BMVEW+PDw0Juu4AAAACXBIWXMAAAPoAAAD6AG1e1JrAAAADklEQVQYlWNgGAUMSAAAARAAAVGhZwQAAAAASUVORK5CYII=',
  'base64',
)
