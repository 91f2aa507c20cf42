/** What bounds a store call: whose data, until when, and which retry-safe request it belongs to. */
export type Scope = {
  org: string
  /** Milliseconds since 1970 after which no further store call starts. */
  deadline: number
  /** Present when the caller sent an Idempotency-Key: its record goes into the effect's transaction. */
  idempotency?: Idempotency
}

/** A scope inside one event. `e` prefixes every key of the event. */
export type EventScope = Scope & {
  event: string
  e: string
  zone: string
  /** Ids whose deletion is under way: no answer shows them (design §4). */
  deleting: ReadonlySet<string>
}

export type Idempotency = {
  org: string
  token: string
  key: string
  hash: string
  /** 32 bytes that only the caller's credential gives; never stored. */
  encryptionKey: Uint8Array
}

/** What a replayed request answers again. */
export type RecordedResponse = {
  status: number
  body?: unknown
  headers?: Record<string, string>
  /** The body shows a token: its record is sealed, so that no row ever holds the text. */
  isSecret?: true
}

export const eventPrefix = (org: string, event: string): string => `${org}#${event}`

/** The scope for writes that prepare or finish an effect and so carry no idempotency record. */
export function withoutRecording<S extends Scope>({
  idempotency: _,
  ...scope
}: S): Omit<S, 'idempotency'> {
  return scope
}
