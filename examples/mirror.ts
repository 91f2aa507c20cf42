// A copy of an event that is never wrong: read the lists once, then follow the changes (examples/run.ts).
export type Answer = { status: number; body: unknown; next: string | undefined }
/** Asks for a path below the event, again and again while the server is away or busy. */
export type Ask = (path: string) => Promise<Answer>
/** Things by id, and who is in which group or session, as `per_… grp_…` and `per_… ses_…`. */
export type Mirror = { at: number; things: Map<string, unknown>; links: Set<string> }
type Change = { sequence: number; type: string; object: string; object_id: string }
type Read = { [field: string]: string } & {
  profile: unknown
  groups: { group_id: string }[]
  favorite_data: { sessions: string[] }
}
type Lists = Read[] & { people_list?: Read[]; session_list?: Read[] }

const lists = new Map([
  ['person', '/people/resources'],
  ['group', '/people/groups'],
  ['session', '/sessions/resources'],
])

/** The lists as they are. `latest` is taken first: what happens meanwhile is followed later. */
export async function load(ask: Ask): Promise<Mirror> {
  const { latest } = (await ask('/changes?after=now')).body as { latest: number }
  const mirror: Mirror = { at: latest, things: new Map(), links: new Set() }
  for (const [object, list] of lists) {
    for (let page = await ask(`${list}?limit=1000`); ; page = await ask(page.next)) {
      const all = page.body as Lists
      for (const one of all.people_list ?? all.session_list ?? all) keep(mirror, object, one)
      if (!page.next) break
    }
  }
  return mirror
}

/** Brings the mirror on, or waits for the next change; a new one where it is not known what happened. */
export async function follow(ask: Ask, mirror: Mirror, wait = 20): Promise<Mirror> {
  const { status, body } = await ask(`/changes?after=${mirror.at}&limit=1000&wait=${wait}`)
  const { changes_list: changes = [] } = body as { changes_list?: Change[] }
  if (status === 410 || changes.some(({ type }) => type === 'feed.interrupted')) return load(ask)
  for (const [id, object] of new Map(changes.map((one) => [one.object_id, one.object]))) {
    if (!lists.has(object)) continue
    // As it is now. If that is newer than the change, the next change comes to it as well.
    const { status: found, body: one } = await ask(`${lists.get(object)}/${id}`)
    forget(mirror, id, object === 'person' || found === 404)
    if (found !== 404) keep(mirror, object, one as Read)
  }
  return { ...mirror, at: changes.at(-1)?.sequence ?? mirror.at }
}

function forget({ things, links }: Mirror, id: string, withLinks: boolean): void {
  things.delete(id)
  for (const link of withLinks ? links : []) if (link.includes(id)) links.delete(link)
}

function keep({ things, links }: Mirror, object: string, one: Read): void {
  const id = one[`${object}_id`] ?? ''
  things.set(id, one.profile ?? [one.group_name, one.session_name, one.session_date])
  for (const { group_id } of one.groups ?? []) links.add(`${id} ${group_id}`)
  for (const session of one.favorite_data?.sessions ?? []) links.add(`${id} ${session}`)
}
