import * as v from 'valibot'
import { limits } from '#lib/base/limits.ts'
import { nameText } from '#lib/base/text.ts'
import type { Room } from '#lib/model/room.ts'
import type { PlainFields } from '#lib/store/write/plain.ts'
import { externalIdsField, externalIdsSchema, ignored, seats, stampsSchema } from './fields.ts'

/** What POST and PUT take, and PATCH after merging. */
export const RoomBody = v.strictObject({
  room_id: v.nullish(v.string()),
  external_ids: externalIdsField,
  room_name: nameText(limits.nameLength.value),
  room_capacity: v.nullish(seats),
  timestamps: ignored,
})
export type RoomBody = v.InferOutput<typeof RoomBody>

export const RoomAnswer = v.object({
  room_id: v.string(),
  external_ids: externalIdsSchema,
  room_name: v.string(),
  room_capacity: v.nullable(v.number()),
  timestamps: stampsSchema,
})

export const roomFields = (body: RoomBody): PlainFields<Room> => ({
  name: body.room_name,
  capacity: body.room_capacity ?? undefined,
  externalIds: body.external_ids ?? undefined,
})

/** A room's own fields, as a body spells them. */
export const roomOwn = (room: Room) => ({
  room_name: room.name,
  room_capacity: room.capacity ?? null,
})
