import { call } from '#test/support/call.ts'
import type { EventClient } from '#test/support/factories.ts'

// biome-ignore lint/suspicious/noExplicitAny: answers are read freely; the contract check of `call` types them
type Body = any

/** A document with a field that holds a mark: where it is made, and how its body spells the mark. */
export type Marked = {
  /** Below the event; of the event itself: nothing. */
  path: string
  idField?: string
  body: (mark: string) => object
  read: (body: Body) => string
  methods: ('PUT' | 'PATCH')[]
}

const both: Marked['methods'] = ['PUT', 'PATCH']
const slot = { session_date: '2027-05-04', session_start_time: '09-00', session_end_time: '10-00' }

/** Kinds of documents whose writes are told one from another by a mark in a field. */
export const documents: Record<string, Marked> = {
  person: {
    path: '/people/resources',
    idField: 'person_id',
    body: (company) => ({ profile: { first_name: 'Ada', company } }),
    read: ({ profile }) => profile.company,
    methods: both,
  },
  group: {
    path: '/people/groups',
    idField: 'group_id',
    body: (group_name) => ({ group_name }),
    read: ({ group_name }) => group_name,
    methods: both,
  },
  session: {
    path: '/sessions/resources',
    idField: 'session_id',
    body: (location) => ({ ...slot, session_name: 'Opening', location }),
    read: ({ location }) => location,
    methods: both,
  },
  track: {
    path: '/sessions/tracks',
    idField: 'track_id',
    body: (track_name) => ({ track_name }),
    read: ({ track_name }) => track_name,
    methods: both,
  },
  room: {
    path: '/rooms',
    idField: 'room_id',
    body: (room_name) => ({ room_name }),
    read: ({ room_name }) => room_name,
    methods: both,
  },
  field: {
    path: '/people/custom_fields',
    idField: 'custom_field_id',
    body: (field_name) => ({ field_name }),
    read: ({ field_name }) => field_name,
    methods: both,
  },
  'ticket type': {
    path: '/ticket_types',
    idField: 'ticket_type_id',
    body: (name) => ({ name, session_access: 'all' }),
    read: ({ name }) => name,
    methods: both,
  },
  event: {
    path: '',
    body: (description) => ({ name: 'Rhine', description }),
    read: ({ description }) => description,
    methods: ['PATCH'],
  },
}

/** Makes one with a mark, and gives how it is asked for. */
export async function marked(at: EventClient, kind: Marked, mark: string) {
  const made = await at.ask(kind.idField ? 'POST' : 'PATCH', kind.path, kind.body(mark))
  if (made.status !== 200) throw new Error(made.text)
  const path = `/events/${at.id}${kind.path}${kind.idField ? `/${made.body[kind.idField]}` : ''}`
  return (method: string, body?: object, headers?: Record<string, string>) =>
    call(method, path, {
      token: at.token,
      ...(body && { body }),
      ...(headers && { headers }),
    })
}
