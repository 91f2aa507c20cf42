import { expect, test } from 'vitest'
import { codeOf, type ErrorName, errorNames, statusOf } from '#lib/base/errors.ts'

// Everywhere else errors go by their names. These numbers are in documents that others wrote their clients by.
const fixed: [ErrorName, number, number][] = [
  ['not_authorised', 4010101, 401],
  ['session_not_covered', 4042005, 404],
  ['connection_not_found', 4043001, 404],
  ['connection_accepted', 4043002, 404],
  ['connection_rejected', 4043003, 404],
  ['attendee_not_found', 4068001, 406],
  ['already_connected', 4068003, 406],
  ['self_connection', 4068005, 406],
  ['admin_without_ticket', 4068009, 406],
  ['not_registered', 4068910, 406],
  ['slot_not_available', 4070002, 409],
]

test.each(fixed)('%s keeps the code %d', (name, code) => {
  expect(codeOf(name)).toBe(code)
})

test.each(fixed)('%s, code %d, is sent as HTTP %d', (name, _, status) => {
  expect(statusOf(name)).toBe(status)
})

test('no two errors share a code', () => {
  expect(new Set(errorNames.map(codeOf)).size).toBe(errorNames.length)
})

test('every code is seven digits that begin with an HTTP status of a failure', () => {
  for (const name of errorNames) expect(String(codeOf(name)), name).toMatch(/^[45]\d{6}$/)
})
