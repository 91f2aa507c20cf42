/** One way to change who is in what. Numbers name whatever is there when its turn comes. */
export type Move =
  | { kind: 'person' }
  | { kind: 'track' }
  | { kind: 'deletePerson'; one: number }
  | { kind: 'deleteSession'; one: number }
  | { kind: 'deleteTrack'; one: number }
  | { kind: 'session'; speakers: number[]; tracks: number[]; capacity: number | null }
  | { kind: 'agenda'; person: number; entries: { session: number; roles: readonly number[] }[] }
  | { kind: 'speakers'; session: number; people: number[] }
  | { kind: 'roles'; session: number; people: number[]; moderators: number[] }
  | { kind: 'capacity'; session: number; capacity: number | null }
  | { kind: 'tracks'; session: number; tracks: number[] }
  | { kind: 'join'; session: number; person: number }
  | { kind: 'leave'; session: number; person: number }
  | { kind: 'attend'; session: number; person: number }
  | { kind: 'quit'; session: number; person: number }

/** What a move asks of the product, what the model says of the answer, and what then is so. */
export type Plan = {
  method: string
  path: string
  body?: object
  status: number
  apply: (answer: Answer) => void
}
export type Answer = { person_id: string; session_id: string; track_id: string }

export type Of<K extends Move['kind']> = Extract<Move, { kind: K }>
