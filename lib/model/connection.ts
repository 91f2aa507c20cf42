import { ApiError } from '#lib/base/errors.ts'
import { type Instant, now } from '#lib/base/time.ts'

/** What is between two people, kept equally under both; `other` is the one who is not the reader. */
export type Connection = {
  other: string
  status: 'PENDING' | 'ACCEPT' | 'REJECT'
  /** Who asked. */
  by: string
  rejectedBy?: string
  createdAt: Instant
  updatedAt: Instant
  vr: number
}

/** Where two people stand; without `rejectedBy` nobody has. */
export type ConnectionState = Pick<Connection, 'status' | 'by' | 'rejectedBy'>

/** The connection in its next state. */
export const nextConnection = (
  current: Connection | undefined,
  state: ConnectionState,
  other: string,
): Connection => ({
  ...state,
  other,
  createdAt: current?.createdAt ?? now(),
  updatedAt: now(),
  vr: (current?.vr ?? 0) + 1,
})

/**
 * `me` asks the other to connect. Two who ask each other are connected. Who was rejected cannot ask again,
 * but whoever rejected can: they have changed their mind.
 */
export function requested(current: Connection | undefined, me: string): ConnectionState {
  if (!current) return { status: 'PENDING', by: me }
  if (current.status === 'ACCEPT') throw new ApiError('already_connected')
  if (current.status === 'PENDING') {
    if (current.by === me) throw new ApiError('already_requested')
    return { status: 'ACCEPT', by: current.by }
  }
  if (current.rejectedBy !== me) throw new ApiError('connection_rejected')
  return { status: 'PENDING', by: me }
}

/** `me` answers the request of the other. */
export function answered(
  current: Connection | undefined,
  me: string,
  status: 'ACCEPT' | 'REJECT',
): ConnectionState {
  if (!current) throw new ApiError('connection_not_found')
  if (current.status === 'ACCEPT') throw new ApiError('connection_accepted')
  if (current.status === 'REJECT') throw new ApiError('connection_rejected')
  if (current.by === me) throw new ApiError('connection_not_found')
  return { status, by: current.by, ...(status === 'REJECT' && { rejectedBy: me }) }
}

/**
 * `me` takes a request back, ends a connection or forgives a rejection. The rejected cannot make the rejection
 * unsaid, or they could ask for ever.
 */
export function ended(current: Connection | undefined, me: string): undefined {
  if (!current) throw new ApiError('connection_not_found')
  if (current.status === 'REJECT' && current.rejectedBy !== me) {
    throw new ApiError('connection_rejected')
  }
  if (current.status === 'PENDING' && current.by !== me) throw new ApiError('connection_not_found')
}
