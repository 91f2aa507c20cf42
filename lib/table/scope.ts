import type { Clash, ConflictPolicy } from '#lib/base/clash.ts'

/** What bounds a store call: whose data, until when, in whose ids, and which retry-safe request it belongs to. */
export type Scope = {
  org: string
  /** Milliseconds since 1970 after which no further store call starts. */
  deadline: number
  /** The other system whose ids the caller speaks (header `ext_id_system`), unless it is our own. */
  system?: string
  /** The token that writes, and the request it is for: every document says so (lib/table/stamp.ts). */
  actor?: string
  request?: string
  /** What is deleted already, while others lose what they had with it: that is no news of theirs. */
  sweeping?: string
  /** Present when the caller sent an Idempotency-Key: the answer is recorded in the effect's transaction. */
  recording?: Recording
  /** Nothing is written: every transaction is judged by what is there, and answered as if it had been carried out. */
  trial?: boolean
  /** What others have begun is left to them, and waited for: this function may not write it. */
  waiting?: boolean
  /** Where an id is expected, a name or an e-mail address will do: rows of files know no ids of ours. */
  byName?: boolean
  /** Told of what a write makes clash, by whose write it is; told again when the write is tried again. */
  noticed?: (owner: string, clashes: Clash[]) => void
}

/** The same scope for what must be written even in the midst of a trial: work that others have left. */
export const inEarnest = <S extends Scope>(scope: S): S => ({ ...scope, trial: false })

/** A scope inside one event. `e` prefixes every key of the event. */
export type EventScope = Scope & {
  event: string
  e: string
  zone: string
  policy: ConflictPolicy
  /** Ids whose deletion is under way: no answer shows them. */
  deleting: ReadonlySet<string>
  /** In which rows beside the event some of them stand (lib/store/deleting.ts). */
  deletingIn: ReadonlySet<string>
  /** Jobs whose links were decided before the request came, and may not all be there yet. */
  linking: ReadonlySet<string>
  /** Rows that were read along with the event, by their keys, each for whoever asks for it first. */
  along?: Map<string, object>
  /** The built-in group that roles keep. */
  speakersGroup: string
}

/** Which request an answer is recorded for: one token's key, with a hash of method, path, query and body. */
export type RequestKey = {
  org: string
  token: string
  key: string
  hash: string
  /** 32 bytes that only the caller's credential gives; never stored. */
  encryptionKey: Uint8Array
}

/** How the answer to a request is recorded: `answerOf` gives the text for what the write has made. */
export type Recording = RequestKey & { answerOf: (made: unknown) => string }

export const eventPrefix = (org: string, event: string): string => `${org}#${event}`
