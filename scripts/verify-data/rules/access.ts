import { kindOfId } from '#lib/base/ids.ts'
import type { Event } from '#lib/model/event.ts'
import type { Organisation } from '#lib/model/organisation.ts'
import type { Token } from '#lib/model/token.ts'
import type { Job } from '#lib/store/queue.ts'
import { sets } from '#lib/store/sets.ts'
import { type Key, keys } from '#lib/table/keys.ts'
import { countedIn } from '../counts.ts'
import { on, type Place, type Row, type Rules, type Seen } from '../facts.ts'
import { any, sample as s } from '../forms.ts'
import { beginsFeed } from './changes.ts'
import { highest } from './numbers.ts'

function event(one: Event & Row, seen: Seen): void {
  const { scope } = seen
  const { org, id, number, gone = [], linking = [] } = one
  if (id !== scope.event || org !== scope.org) seen.wrong('shape', scope.e, `${org}#${id}`)
  const values = { event: id }
  const inOrganisation = { ...values, org }
  const rows: Row[] = [
    { ...keys.eventOf(scope, id), at: one.createdAt },
    { ...keys.eventNumber(scope, number), ...values },
    { ...keys.slug(scope, one.shortCode), ...values },
    ...one.externalIds.map((x) => ({ ...keys.eventExternal(scope, x.system, x.id), ...values })),
    ...(one.allowedOrigins ?? []).map((x) => ({ ...keys.origin(x, org, id), ...inOrganisation })),
  ]
  if (one.published) rows.push({ ...keys.published(id), ...inOrganisation })
  if (one.signIn) rows.push({ ...keys.signIn(one.signIn.issuer, org, id), ...inOrganisation })
  for (const row of rows) seen.wants('event-row', row)
  for (const group of [one.attendeesGroup, one.speakersGroup])
    seen.needs('reference', keys.group(scope, group))
  highest(seen, 'event', number)
  countedIn(seen, sets.events(scope), id)
  seen.isThere()
  beginsFeed(one, seen)
  for (const job of linking) seen.needs('linking', keys.job(job))
  for (const object of gone) isDeleting(seen, object)
  for (const digit of one.goneIn ?? []) seen.isThere(`${scope.e} reads ${digit}`)
}

/** What is being deleted has a job that removes what is left of it. */
const isDeleting = (seen: Seen, object: string): void =>
  seen.needsNamed('gone', `${seen.scope.e} job of ${object}`, openJobs)

/** More that is being deleted than the event's row holds: it says which rows are to be read beside it. */
function moreDeleting({ sk, gone = [] }: { gone?: Iterable<string> } & Row, seen: Seen): void {
  const { scope } = seen
  const event = () => [keys.event(scope.org, scope.event)]
  seen.needsNamed('gone', `${scope.e} reads ${sk}`, event)
  for (const object of gone) isDeleting(seen, object)
}

/** Every job, in turn or set aside. */
export const openJobs = (): Place[] => [
  {
    pk: keys.queue(),
    also: (rows) => rows.map(({ sk }) => keys.job(sk.slice(sk.indexOf('#') + 1))),
  },
  { pk: keys.allSetAside(), also: (rows) => rows.map(({ sk }) => keys.job(sk)) },
]

/** A job has its place in the queue, or is set aside with the error that it has failed by. */
function job(one: Job & { error?: string } & Row, seen: Seen): void {
  const { id, due, error, org, event: inEvent } = one
  seen.isThere()
  seen.wants('job', error === undefined ? keys.queued(due, id) : keys.setAside(id))
  for (const [, object = ''] of JSON.stringify(one.work).matchAll(/"([a-z0-9_-]{30,36})"/g))
    seen.isThere(`${org}#${inEvent} job of ${object}`)
}

/** A row by which an event or its organisation is found. */
const leads = (key: Key, values: string[], owner: (seen: Seen) => Place): Rules =>
  on(key.pk, (_, seen) => seen.stands('event-row', () => [owner(seen)], values))

const named = ({ row, scope }: Seen): Place => keys.event(scope.org, String(row.event))

/** `<organisation>#<event>`, or an organisation alone. */
function ownerIn({ row }: Seen): Place {
  const [org = '', id = ''] = row.sk.split('#')
  return id ? keys.event(org, id) : keys.organisation(org)
}

const owned: ('event' | 'org')[] = ['event', 'org']

export const accessRules: Rules[] = [
  on<Event>(keys.event(s.org, s.event).pk, event),
  on<{ gone?: Iterable<string> }>(keys.moreDeleting(s, any).pk, moreDeleting),
  leads(keys.eventOf(s, any), ['at'], ({ row, scope }) => keys.event(scope.org, row.sk)),
  leads(keys.eventNumber(s, 1), ['event'], named),
  leads(keys.slug(s, any), ['event'], named),
  leads(keys.eventExternal(s, any, any), ['event'], named),
  leads(keys.published(s.event), owned, ({ row }) =>
    keys.event(String(row.org), String(row.event)),
  ),
  leads(keys.origin(any, any, any), owned, ownerIn),
  leads(keys.signIn(any, any, any), owned, ownerIn),
  on<Organisation>(keys.organisation(s.org).pk, ({ id, allowedOrigins, signIn }, seen) => {
    for (const origin of allowedOrigins)
      seen.wants('event-row', { ...keys.origin(origin, id, ''), org: id })
    if (signIn) seen.wants('event-row', { ...keys.signIn(signIn.issuer, id, ''), org: id })
  }),
  on<Token>(keys.token(any).pk, (token, seen) => {
    // Half a token goes by itself.
    if (token.ttl !== undefined) return
    const hash = seen.args[0]
    const scope = { ...seen.scope, org: token.org }
    if (kindOfId(token.id) !== 'token') seen.wrong('shape', 'the id of a token', token.id)
    seen.wants('token', { ...keys.tokenOf(scope, token.id), hash })
    if (!token.person) return
    const inEvent = { ...scope, e: `${token.org}#${token.events[0]}` }
    seen.needs('reference', keys.person(inEvent, token.person))
    seen.wants('token', { ...keys.personToken(inEvent, token.person, token.id), hash })
  }),
  on<{ sk: string; hash: string }>(keys.tokens(s), ({ sk, hash }, seen) => {
    seen.stands('token', () => [keys.token(hash)], ['hash'])
    countedIn(seen, sets.tokens(seen.scope), sk)
  }),
  on<{ org: string; event: string; id: string }>(keys.feed(any).pk, ({ org, event, id }, seen) => {
    const scope = { ...seen.scope, e: `${org}#${event}` }
    const values = ['id', 'org', 'event', 'person']
    seen.stands('feed', () => [keys.feedOf(scope, id)], values)
  }),
  on<Job>(keys.job(any).pk, job),
  on(keys.queue(), (row, seen) => {
    // Versions before 0.2 wrote the work itself there.
    if (row.kind === undefined)
      seen.stands('job', () => [keys.job(row.sk.slice(row.sk.indexOf('#') + 1))])
  }),
  on(keys.allSetAside(), ({ sk }, seen) => seen.stands('job', () => [keys.job(sk)])),
  ...[
    keys.operator(any),
    keys.recorded({ org: s.org, token: any, key: any } as Parameters<typeof keys.recorded>[0]),
    keys.erased(s, any),
  ].map(({ pk }): Rules => on(pk, () => undefined)),
]
