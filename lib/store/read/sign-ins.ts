import { ApiError } from '#lib/base/errors.ts'
import type { Event } from '#lib/model/event.ts'
import type { SignIn } from '#lib/model/sign-in.ts'
import type { Scope } from '#lib/table/scope.ts'
import { requireEvent } from './events.ts'
import { knownOfIssuer, type Naming, namingIssuer } from './naming-events.ts'
import { getOrganisation } from './organisation.ts'

type Named = { name: string; system: string | undefined }
/** An event, and what lets attendees into it: its own sign-in, or that of its organisation. */
export type Opened = { event: Event; signIn: SignIn }

/** The event so named, of whichever organisation, when it takes sign-ins of this issuer. */
export async function eventTaking(
  scope: Scope,
  issuer: string,
  named: Named,
): Promise<Opened | undefined> {
  const open = async (rows: Naming[]) => {
    for (const [org, some] of Map.groupBy(rows, (row) => row.org)) {
      const opened = await openedIn({ ...scope, org }, some, named)
      if (opened?.signIn.issuer === issuer) return opened
    }
    return undefined
  }
  // What is not known to name the issuer may do so since.
  return (await open(knownOfIssuer(issuer))) ?? open(await namingIssuer(scope, issuer))
}

async function openedIn(
  scope: Scope,
  rows: Naming[],
  { name, system }: Named,
): Promise<Opened | undefined> {
  const isForAll = rows.some(({ event }) => event === undefined)
  const mayEnter = (id: string) => isForAll || rows.some(({ event }) => event === id)
  const by = { system, byNumber: true, mayEnter }
  const event = await requireEvent(scope, name, by).catch(unlessMissing)
  const signIn = event && (event.signIn ?? (await getOrganisation(scope)).signIn)
  return signIn ? { event, signIn } : undefined
}

function unlessMissing(error: unknown): undefined {
  if (!(error instanceof ApiError)) throw error
}
