import { plainRoutes } from '#lib/http/plain-routes.ts'
import type { Room } from '#lib/model/room.ts'
import { RoomAnswer, RoomBody, roomFields, roomOwn } from '#lib/wire/room.ts'

export const roomRoutes = plainRoutes<Room, typeof RoomBody>('room', {
  tag: 'Rooms',
  body: RoomBody,
  answer: RoomAnswer,
  fields: roomFields,
  own: roomOwn,
  idIn: ({ room_id }) => room_id,
  example: { room_name: 'Great hall', room_capacity: 400 },
})
