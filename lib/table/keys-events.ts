import type { PlainKind } from '#lib/base/plain-kinds.ts'
import { free, type Key } from './keys-form.ts'
import type { EventScope, Scope } from './scope.ts'

/** An event, its plain kinds and its tickets. */
export const eventKeys = {
  /** What holds for all events of an organisation. */
  organisation: (org: string): Key => ({ pk: `${org}#O`, sk: '-' }),
  event: (org: string, event: string): Key => ({ pk: `${org}#${event}`, sk: 'E' }),
  /** Ids that are being deleted and for which the event's own row has no room, in sixteen rows. */
  moreDeleting: (s: Pick<EventScope, 'e'>, digit: string): Key => ({ pk: `${s.e}#G+`, sk: digit }),
  eventOf: (s: Scope, event: string): Key => ({ pk: `${s.org}#E`, sk: event }),
  events: (s: Scope) => `${s.org}#E`,
  eventBuckets: (s: Scope) => `${s.org}#EB`,
  slug: (s: Scope, slug: string): Key => ({ pk: `${s.org}#ES#${free(slug)}`, sk: '-' }),
  eventNumber: (s: Scope, number: number): Key => ({ pk: `${s.org}#EN#${number}`, sk: '-' }),
  eventExternal: (s: Scope, system: string, id: string): Key => ({
    pk: `${s.org}#EX#${free(system)}#${free(id)}`,
    sk: '-',
  }),
  /** The organisation of an event whose programme anybody may read. */
  published: (event: string): Key => ({ pk: `EP#${event}`, sk: '-' }),
  /** Events that name an origin of apps. */
  origin: (origin: string, org: string, event: string): Key => ({
    pk: `CO#${free(origin)}`,
    sk: `${org}#${event}`,
  }),
  origins: (origin: string) => `CO#${free(origin)}`,
  /** Events that let in whom an issuer has signed in. */
  signIn: (issuer: string, org: string, event: string): Key => ({
    pk: `OI#${free(issuer)}`,
    sk: `${org}#${event}`,
  }),
  signIns: (issuer: string) => `OI#${free(issuer)}`,
  counter: (s: Scope, family: string): Key => ({ pk: `${s.org}#N#${family}`, sk: '-' }),
  sharedCounter: (family: string): Key => ({ pk: `N#${family}`, sk: '-' }),
  /** The organisation that an operator's token was given, found by the hash of its text. */
  operator: (hash: string): Key => ({ pk: `KO#${hash}`, sk: '-' }),

  plain: (s: EventScope, kind: PlainKind, id: string): Key => ({ pk: `${s.e}#D#${kind}`, sk: id }),
  plains: (s: EventScope, kind: PlainKind) => `${s.e}#D#${kind}`,
  plainBuckets: (s: EventScope, kind: PlainKind) => `${s.e}#DC#${kind}`,
  plainName: (s: EventScope, kind: PlainKind, name: string): Key => ({
    pk: `${s.e}#DN#${kind}`,
    sk: free(name),
  }),

  ticketType: (s: EventScope, type: string): Key => ({ pk: `${s.e}#K`, sk: type }),
  ticketTypes: (s: EventScope) => `${s.e}#K`,
  ticketTypeCount: (s: EventScope) => `${s.e}#KC`,
  ticketHolders: (s: EventScope, type: string) => `${s.e}#K#${type}`,
  ticketHolderBuckets: (s: EventScope) => `${s.e}#KS`,
}
