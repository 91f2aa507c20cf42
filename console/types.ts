export type Event = {
  id: string
  name: string
  description: string
  data_counters: Record<string, number>
  event_dates: { start_date: string; end_date: string; time_zone_tz: string }
  event_location: { location_name: string; location_address: string }
  published: boolean
  short_code: string
}
export type Person = {
  person_id: string
  profile: Record<string, unknown> & {
    first_name: string
    last_name: string
    email_address: string
    company: string
    title: string
    picture_url: string
  }
  groups: { group_id: string; group_name: string }[]
  agenda: { sessions: { session_id: string; session_roles: string[] }[] }
  external_ids: { id_system: string; id: string }[]
  timestamps: { update_datetime: string }
}
export type Session = {
  session_id: string
  session_name: string
  session_subtitle: string
  session_date: string
  session_start_time: string
  session_end_time: string
  session_status: string
  session_tracks: string[]
  room_id: string | null
  location: string
  capacity: number | null
  waitlist: boolean
}
export type Track = { track_id: string; track_name: string; track_color: string }
export type Room = { room_id: string; room_name: string; room_capacity: number | null }
export type Named = {
  person_id: string
  first_name: string
  last_name: string
  email_address: string
}
export type Change = {
  sequence: number
  type: string
  object_id: string
  changed: string[]
  actor: { name: string } | null
  occurred_at: string
}
export type Conflict = { kind: string; between: { id: string; name: string }[] }
/** What is kept of a person beside their own fields, as their export has it. */
export type Held = {
  ticket: { name: string } | null
  badge: { issued_at: string } | null
  waitlist: { session: string; position: number }[]
  checkins: {
    scanned_at: string
    session_id: string | null
    type: string
    status: string
    reason: string | null
  }[]
  connections: {
    userId: string
    firstName: string
    lastName: string
    status: string
    updatedAt: string
  }[]
  meetings: {
    senderUserId: string
    receiverUserId: string
    meetingStartTime: string
    status: string
    note: string
  }[]
}
