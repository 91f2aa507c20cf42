import { free, type Key, twelve } from './keys-form.ts'
import type { EventScope } from './scope.ts'

/** As many changes of an event lie in one partition. */
export const changesTogether = 10_000

/** The feed of changes, and work that one transaction did not hold. */
export const workKeys = {
  /** What happened in an event: how far it is numbered, the changes themselves, and those that are about one object. */
  changesHead: (s: EventScope): Key => ({ pk: `${s.e}#L`, sk: 'H' }),
  change: (s: EventScope, sequence: number): Key => ({
    pk: `${s.e}#L#${Math.floor(sequence / changesTogether)}`,
    sk: twelve(sequence),
  }),
  changes: (s: EventScope, sequence: number) =>
    `${s.e}#L#${Math.floor(sequence / changesTogether)}`,
  /** A change under its own object, once however often its record is read. */
  ownChange: (s: EventScope, object: string, change: string): Key => ({
    pk: `${s.e}#LO#${free(object)}`,
    sk: `O#${change}`,
  }),
  /** A change under whatever else it is about. */
  otherChange: (s: EventScope, object: string, sequence: number): Key => ({
    pk: `${s.e}#LO#${free(object)}`,
    sk: `S#${twelve(sequence)}`,
  }),
  objectChanges: (s: EventScope, object: string) => `${s.e}#LO#${free(object)}`,
  /** Events of all organisations that have changes, also those that are deleted since. */
  numbered: (s: EventScope): Key => ({ pk: 'LE', sk: `${s.org}#${s.event}` }),
  everyNumbered: () => 'LE',
  /** A beat that goes through the stream, and the last one that came out of it. */
  streamBeat: (): Key => ({ pk: 'LF', sk: 'B' }),
  streamFollowed: (): Key => ({ pk: 'LF', sk: 'S' }),
  /** Who deleted something, and in which request. */
  deletion: (s: EventScope, id: string): Key => ({ pk: `${s.e}#D`, sk: id }),

  /** Where changes are sent to; how far each is; what became of each change, and what is to be tried again. */
  webhook: (s: EventScope, webhook: string): Key => ({ pk: `${s.e}#W`, sk: webhook }),
  webhooks: (s: EventScope) => `${s.e}#W`,
  webhookCount: (s: EventScope) => `${s.e}#WC`,
  delivering: (s: EventScope, webhook: string): Key => ({ pk: `${s.e}#WA`, sk: webhook }),
  delivery: (s: EventScope, webhook: string, delivery: string): Key => ({
    pk: `${s.e}#WD#${webhook}`,
    sk: delivery,
  }),
  deliveries: (s: EventScope, webhook: string) => `${s.e}#WD#${webhook}`,
  retry: (s: EventScope, webhook: string, due: string, delivery: string): Key => ({
    pk: `${s.e}#WR#${webhook}`,
    sk: `${due}#${delivery}`,
  }),
  retries: (s: EventScope, webhook: string) => `${s.e}#WR#${webhook}`,
  /** Webhooks of all organisations by when something is due. */
  dueWebhook: (s: EventScope, due: string, webhook: string): Key => ({
    pk: 'ZW',
    sk: `${due}#${s.org}#${s.event}#${webhook}`,
  }),
  dueWebhooks: () => 'ZW',

  /** What is written into files for organisers, and all of it by when something is due. */
  export: (s: EventScope, id: string): Key => ({ pk: `${s.e}#XP`, sk: id }),
  exports: (s: EventScope) => `${s.e}#XP`,
  exportCount: (s: EventScope) => `${s.e}#XC`,
  dueExport: (s: EventScope, due: string, id: string): Key => ({
    pk: 'ZX',
    sk: `${due}#${s.org}#${s.event}#${id}`,
  }),
  dueExports: () => 'ZX',

  /** Batches that go on behind their answer, and the texts of each in parts: its rows, and what became of them. */
  batch: (s: EventScope, id: string): Key => ({ pk: `${s.e}#BT`, sk: id }),
  batches: (s: EventScope) => `${s.e}#BT`,
  batchPart: (s: EventScope, id: string, part: string): Key => ({
    pk: `${s.e}#BP`,
    sk: `${id}#${part}`,
  }),
  batchParts: (s: EventScope) => `${s.e}#BP`,

  /** Work that one transaction did not hold, and its place in the queue: in the order in which it is due. */
  job: (job: string): Key => ({ pk: `J#${job}`, sk: '-' }),
  queued: (due: string, job: string): Key => ({ pk: 'Z', sk: `${due}#${job}` }),
  queue: () => 'Z',
  setAside: (job: string): Key => ({ pk: 'ZA', sk: job }),
  allSetAside: () => 'ZA',
}
