import * as v from 'valibot'
import { ConnectionAnswer, unnamed } from './connection.ts'
import { MatchAnswer, unnamedMatch } from './networking.ts'

/** Somebody whom an answer names, and the answer as it is once they hide. */
export type Naming = { person: string; hidden: object }

/** Whom an answer to an attendee that was printed earlier names: somebody with whom they have, or had, something. */
export function namedIn(body: unknown): Naming | undefined {
  const connection = v.safeParse(ConnectionAnswer, body)
  if (connection.success)
    return { person: connection.output.userId, hidden: { ...connection.output, ...unnamed } }
  const match = v.safeParse(MatchAnswer, body)
  if (match.success)
    return { person: match.output.userIdOfMatch, hidden: { ...match.output, ...unnamedMatch } }
  return undefined
}
