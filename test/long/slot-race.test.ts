import { expect, test } from 'vitest'
import { makeAttendees } from '#test/support/attendee.ts'
import { freshEvent } from '#test/support/factories.ts'
import { change, slot } from '#test/support/meetings.ts'

test('books one of a hundred who want the same slot of one person', async () => {
  const event = await freshEvent()
  const [eve, ...others] = await makeAttendees(
    event,
    [...Array(101).keys()].map((n) => `P${n}`),
  )
  if (!eve) return
  const requests = await Promise.all(
    others.map((one) => one.ask('POST', `/people/${eve.id}/meetings`, slot('11:00', '11:30'))),
  )
  expect(new Set(requests.map(({ status }) => status))).toEqual(new Set([200]))
  const answers = await Promise.all(
    requests.map(({ body }) => change(eve, body.id, { status: 'BOOKED' })),
  )
  const codes = answers.map(({ status, error }) => error ?? status).sort()
  expect(codes).toEqual([200, ...Array(99).fill('slot_not_available')])
  const booked = await eve.ask('GET', '/people/me/meetings?status=BOOKED')
  expect(booked.body).toHaveLength(1)
}, 120_000)
