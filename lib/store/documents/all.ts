import { plainNames } from '#lib/base/plain-kinds.ts'
import type { Document, Kind } from '#lib/store/document.ts'
import { fieldsOf } from './custom-fields.ts'
import { groups } from './groups.ts'
import { people } from './people.ts'
import { pictures } from './pictures.ts'
import { plain } from './plain.ts'
import { sessions } from './sessions.ts'
import { ticketTypes } from './ticket-types.ts'
import { tracks } from './tracks.ts'
import { webhooks } from './webhooks.ts'

const any = <T extends Document>(kind: Kind<T>): Kind<Document> => kind as unknown as Kind<Document>

/**
 * Every kind of document that an event holds: what walks over all of an event, such as its removal, reads this list in
 * its order. Sessions come before people: a round that is still being written belongs to one, and names the others.
 * By hand remain the event itself, tokens and calendar feeds (found without an event), and event schedules with their
 * integer ids.
 */
export const documents: Kind<Document>[] = [
  any(sessions),
  any(people),
  any(groups),
  any(tracks),
  any(fieldsOf('people')),
  any(fieldsOf('sessions')),
  any(ticketTypes),
  any(pictures),
  any(webhooks),
  ...plainNames.map((kind) => any(plain(kind))),
]
