import type { Key } from './keys-form.ts'
import type { EventScope } from './scope.ts'

type Made = { round: number; run: string }

const six = (round: number): string => String(round).padStart(6, '0')

/** What people have with each other, and pictures. */
export const togetherKeys = {
  networking: (s: EventScope, session: string): Key => ({ pk: `${s.e}#N#${session}`, sk: 'H' }),
  pair: (s: EventScope, session: string, made: Made, [a, b]: [string, string]): Key => ({
    pk: `${s.e}#N#${session}`,
    sk: `M#${six(made.round)}#${made.run}#${a}#${b}`,
  }),
  pairs: (s: EventScope, session: string) => `${s.e}#N#${session}`,
  /** What a person has with others and alone; what two share stands under both. */
  relations: (s: EventScope, person: string) => `${s.e}#R#${person}`,
  connection: (s: EventScope, person: string, other: string): Key => ({
    pk: `${s.e}#R#${person}`,
    sk: `C#${other}`,
  }),
  meeting: (s: EventScope, person: string, meeting: string): Key => ({
    pk: `${s.e}#R#${person}`,
    sk: `W#${meeting}`,
  }),
  /** What a person asks of others and is asked by them, so far unanswered. */
  meetingRequests: (s: EventScope, person: string): Key => ({ pk: `${s.e}#R#${person}`, sk: 'Q' }),
  /** How often their connections and meetings have changed. */
  relationsVersion: (s: EventScope, person: string): Key => ({ pk: `${s.e}#R#${person}`, sk: 'V' }),
  match: (s: EventScope, person: string, session: string, made: Made): Key => ({
    pk: `${s.e}#R#${person}`,
    sk: `N#${session}#${six(made.round)}#${made.run}`,
  }),
  personToken: (s: Pick<EventScope, 'e'>, person: string, token: string): Key => ({
    pk: `${s.e}#R#${person}`,
    sk: `K#${token}`,
  }),

  picture: (s: EventScope, picture: string): Key => ({ pk: `${s.e}#I`, sk: picture }),
  pictures: (s: EventScope) => `${s.e}#I`,
  pictureBuckets: (s: EventScope) => `${s.e}#IS`,
  pictureUse: (s: EventScope, picture: string, person: string): Key => ({
    pk: `${s.e}#I#${picture}`,
    sk: person,
  }),
  pictureUses: (s: EventScope, picture: string) => `${s.e}#I#${picture}`,
}
