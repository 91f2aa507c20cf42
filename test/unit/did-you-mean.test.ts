import { expect, it } from 'vitest'
import { didYouMean } from '#lib/http/did-you-mean.ts'
import { EventBody } from '#lib/wire/event.ts'
import { PersonBody } from '#lib/wire/person.ts'
import { SessionBody } from '#lib/wire/session.ts'

it.each([
  [PersonBody, ['profile', 'firstname'], 'first_name'],
  [PersonBody, ['profile', 'frist_name'], 'first_name'],
  [PersonBody, ['profile', 'emailAddress'], 'email_address'],
  [PersonBody, ['asign_groups'], 'assign_groups'],
  [PersonBody, ['external_ids', 0, 'idSystem'], 'id_system'],
  [SessionBody, ['session-name'], 'session_name'],
  [SessionBody, ['sesion_date'], 'session_date'],
  [EventBody, ['event_dates', 'start_dat'], 'start_date'],
])('a slip is told from what was meant: %#', (schema, path, meant) => {
  expect(didYouMean(schema, path)).toBe(` Did you mean “${meant}”?`)
})

it.each([
  [PersonBody, ['profile', 'shoe_size']],
  [PersonBody, ['x']],
  [PersonBody, ['k'.repeat(100_000)]],
  [PersonBody, ['nowhere', 'first_name']],
])('nothing is guessed where nothing is near: %#', (schema, path) => {
  expect(didYouMean(schema, path)).toBe('')
})
