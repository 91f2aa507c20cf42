import { free, type Key } from './keys-form.ts'
import type { EventScope } from './scope.ts'

/** People, their groups, and the custom fields of people and sessions. */
export const peopleKeys = {
  person: (s: EventScope, person: string): Key => ({ pk: `${s.e}#P`, sk: person }),
  people: (s: EventScope) => `${s.e}#P`,
  peopleBuckets: (s: EventScope) => `${s.e}#PC`,
  /** People who are not to be shown to others. */
  hiddenPerson: (s: EventScope, person: string): Key => ({ pk: `${s.e}#PH`, sk: person }),
  /** People by the words of their names, companies and addresses; `-` says that all of them are there. */
  words: (s: EventScope, begin: string) => `${s.e}#Q#${encodeURIComponent([...begin][0] ?? '')}`,
  word: (s: EventScope, word: string, person: string): Key => ({
    pk: `${s.e}#Q#${encodeURIComponent([...word][0] ?? '')}`,
    sk: `${encodeURIComponent(word)}#${person}`,
  }),
  wordsComplete: (s: EventScope): Key => ({ pk: `${s.e}#Q`, sk: '-' }),
  email: (s: EventScope, email: string): Key => ({ pk: `${s.e}#M#${free(email)}`, sk: '-' }),
  external: (s: EventScope, kind: string, system: string, id: string): Key => ({
    pk: `${s.e}#X#${kind}#${free(system)}#${free(id)}`,
    sk: '-',
  }),

  group: (s: EventScope, group: string): Key => ({ pk: `${s.e}#G`, sk: group }),
  groups: (s: EventScope) => `${s.e}#G`,
  groupBuckets: (s: EventScope) => `${s.e}#GS`,
  groupName: (s: EventScope, name: string): Key => ({ pk: `${s.e}#GN`, sk: free(name) }),
  member: (s: EventScope, group: string, person: string): Key => ({
    pk: `${s.e}#G#${group}`,
    sk: person,
  }),
  members: (s: EventScope, group: string) => `${s.e}#G#${group}`,
  memberBuckets: (s: EventScope) => `${s.e}#GC`,

  field: (s: EventScope, of: 'people' | 'sessions', field: string): Key => ({
    pk: `${s.e}#F#${of}`,
    sk: field,
  }),
  fields: (s: EventScope, of: 'people' | 'sessions') => `${s.e}#F#${of}`,
  fieldCount: (s: EventScope) => `${s.e}#FC`,
}
