import type { EventClient } from './factories.ts'

export const csv = { 'content-type': 'text/csv' }
export type Row = Record<string, unknown>

/** Sends rows of people; `query` says how. */
export const batch = (at: EventClient, rows: Row[], query = '') =>
  at.ask('POST', `/people/resources/batch?${query}`, { rows })

/** A person as a CRM knows them. */
export const crm = (id: string, profile: object = {}) => ({
  external_ids: [{ id_system: 'crm', id }],
  profile: { first_name: 'Ada', last_name: `No ${id}`, ...profile },
})

export const everybody = async (at: EventClient) =>
  (await at.ask('GET', '/people/resources?limit=1000')).body.people_list
