import { expect } from 'vitest'
import { type Attendee, makeAttendees } from './attendee.ts'
import { type EventClient, freshEvent } from './factories.ts'

export const at = (time: string, day = '04') => `2027-05-${day}T${time}:00+02:00`
export const slot = (start: string, end: string, day = '04') => ({
  meetingStartTime: at(start, day),
  meetingEndTime: at(end, day),
})

async function people(...names: string[]): Promise<{ event: EventClient; all: Attendee[] }> {
  const event = await freshEvent()
  return { event, all: await makeAttendees(event, names) }
}
export async function twoAttendees() {
  const { event, all } = await people('Ada', 'Eve')
  const [ada, eve] = all
  if (!ada || !eve) throw new Error('two were made')
  const request = (start: string, end: string, day?: string) =>
    ada.ask('POST', `/people/${eve.id}/meetings`, slot(start, end, day))
  const book = async (start: string, end: string) => {
    const { body } = await request(start, end)
    const booked = await eve.ask('PUT', `/people/me/meetings/${body.id}`, { status: 'BOOKED' })
    expect(booked.status, booked.text).toBe(200)
    return booked.body
  }
  return { event, ada, eve, request, book }
}
export const change = (who: Attendee, id: string, body: object) =>
  who.ask('PUT', `/people/me/meetings/${id}`, body)
