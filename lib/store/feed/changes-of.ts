import type { Note } from '#lib/model/change.ts'
import { changedFields, type News, type Telling, type Told } from '#lib/model/telling.ts'
import type { Document, Kind } from '#lib/store/document.ts'
import { documents } from '#lib/store/documents/all.ts'
import { imagesOf, type RowChange } from './record.ts'
import { tellConnection, tellMeeting, tellRound, tellScan } from './relation-news.ts'
import { tellAccessGroup, tellGroupUser, tellLog, tellSchedule } from './schedule-news.ts'

/** What one write to one row of an event means to whoever follows the event; nothing for most rows. */
type Tell = (change: RowChange) => Told[]

/**
 * All that happened, from the row before and after. Pure: it reads nothing, so a record that comes again says the
 * same again. A new kind of document is told of by being in the list of documents; what is none has a line here.
 */
export function changesOf(change: RowChange): Told[] {
  const kind = documents.find((one) => one.key(change.scope, change.sk).pk === change.pk)
  if (kind) return tellDocument(kind, change)
  const part = change.pk.slice(change.scope.e.length)
  const row = rows.find(([pattern]) => pattern.test(`${part} ${change.sk}`))
  return row ? row[1](change) : []
}

/** Rows that are no documents, by what follows the event in their partition key, and their sort key. */
const rows: [RegExp, Tell][] = [
  [/^ E$/, tellEvent],
  [/^#H /, tellSchedule],
  [/^#HR /, tellAccessGroup],
  [/^#HU /, tellGroupUser],
  [/^#HL#\d+ /, tellLog],
  [/^#R#\w+ C#/, tellConnection],
  [/^#R#\w+ W#/, tellMeeting],
  [/^#N#\w+ H$/, tellRound],
  [/^#JL#\w+ /, tellScan],
]

function tellEvent(change: RowChange): Told[] {
  const silent = [
    'org',
    'number',
    'gone',
    'goneIn',
    'linking',
    'moved',
    'attendeesGroup',
    'speakersGroup',
  ]
  return tellDocument({ name: 'event', telling: { silent } }, change)
}

type Telt = Pick<Kind<Document>, 'name'> & { telling?: Telling<Document> | undefined }

function tellDocument({ name, telling = {} }: Telt, change: RowChange): Told[] {
  const { before, after } = imagesOf<Document & { hidden?: string }>(change)
  const { id, vr } = (after ?? before) as Document
  const of = { object: name, objectId: id, version: vr }
  const told = ({ type, changed = [], note = {} }: News): Told => ({ ...of, type, changed, note })
  // Hidden is deleted: what is done to it behind that is nobody's news.
  if (before?.hidden) return []
  if (!after) return [{ ...told({ type: `${name}.deleted` }), deletion: id }]
  if (after.hidden) return endings(name, after.hidden === 'erased').map((type) => told({ type }))
  const swept = change.after?.swept ?? ''
  const changed = before ? changedFields(telling, before, after, swept) : []
  const relations = telling.relations?.(before, after) ?? []
  return [
    ...(before ? [] : [told({ type: `${name}.created` })]),
    ...(changed.length > 0 ? [told({ type: `${name}.updated`, changed })] : []),
    ...relations.filter(({ note }) => !swept || !isAbout(note, swept)).map(told),
  ]
}

const isAbout = (note: Note = {}, id: string): boolean => Object.values(note).includes(id)

/** What the end of a document is called; an erasure is a deletion as well. */
export const endings = (name: string, erased: boolean): string[] =>
  erased ? [`${name}.deleted`, `${name}.erased`] : [`${name}.deleted`]
