import type { Connection } from '#lib/model/connection.ts'
import { entrance, type Scan } from '#lib/model/door/scan.ts'
import type { Meeting } from '#lib/model/meeting.ts'
import type { RoundLedger } from '#lib/model/networking.ts'
import type { Told } from '#lib/model/telling.ts'
import { connectionId, endedConnection } from '#lib/store/deletions.ts'
import { imagesOf, type RowChange } from './record.ts'

// What two people have stands under both: it is told by the row of the one whose id comes first.

/** Whose row it is. */
const ownerOf = ({ pk }: RowChange): string => pk.slice(pk.lastIndexOf('#') + 1)

const states = { PENDING: 'requested', ACCEPT: 'accepted', REJECT: 'rejected' } as const

export function tellConnection(change: RowChange): Told[] {
  const me = ownerOf(change)
  const { before, after } = imagesOf<Connection>(change)
  const { other, by, vr, createdAt } = (after ?? before) as Connection
  if (me > other || before?.status === after?.status) return []
  const objectId = connectionId(me, other)
  return [
    {
      type: `connection.${after ? states[after.status] : 'removed'}`,
      object: 'connection',
      objectId,
      version: vr,
      changed: [],
      note: { from_person_id: by, to_person_id: by === me ? other : me },
      ...(!after && { deletion: endedConnection(me, other, createdAt) }),
    },
  ]
}

const turns = { CREATED: 'requested', BOOKED: 'booked', DECLINED: 'declined', CANCEL: 'cancelled' }

export function tellMeeting(change: RowChange): Told[] {
  const { before, after } = imagesOf<Meeting>(change)
  if (!after || ownerOf(change) !== [after.sender, after.receiver].sort()[0]) return []
  const { id, vr, sender, receiver, status } = after
  const isMoved = before && (before.start !== after.start || before.end !== after.end)
  if (before?.status === status && !isMoved) return []
  return [
    {
      type: `meeting.${isMoved ? 'moved' : turns[status]}`,
      object: 'meeting',
      objectId: id,
      version: vr,
      changed: isMoved ? ['meetingEndTime', 'meetingStartTime'] : ['status'],
      note: { sender_person_id: sender, receiver_person_id: receiver },
    },
  ]
}

export function tellRound(change: RowChange): Told[] {
  const { before, after } = imagesOf<RoundLedger>(change)
  if (!after || after.round === (before?.round ?? 0)) return []
  const session = ownerOf(change)
  return [
    {
      type: 'networking.round_held',
      object: 'session',
      objectId: session,
      version: after.vr,
      changed: [],
      note: { session_id: session, round: after.round },
    },
  ]
}

/** What a door has seen; scans that go with somebody are no news. */
export function tellScan(change: RowChange): Told[] {
  const { before, after } = imagesOf<Scan>(change)
  if (before || !after) return []
  const { id, list, person, type, status } = after
  const passed = type === 'entry' ? 'entered' : 'left'
  return [
    {
      type: `checkin.${status === 'ok' ? passed : 'denied'}`,
      object: 'checkin',
      objectId: id,
      version: 1,
      changed: [],
      note: {
        ...(person !== undefined && { person_id: person }),
        ...(list !== entrance && { session_id: list }),
      },
    },
  ]
}
