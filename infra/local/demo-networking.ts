import { type DemoEvent, pick } from './demo-calls.ts'
import type { Conference } from './demo-conference.ts'
import type { DemoPerson } from './demo-people.ts'

const subjects = [
  'archives',
  'badges',
  'captions',
  'consent',
  'maps',
  'queues',
  'streaming',
  'translation',
]
const roles = ['engineer', 'designer', 'editor', 'researcher', 'director']
const guests = 21

/** People with interests, a networking session with two rounds run, some connections and meetings. */
export async function seedNetworking(
  demo: DemoEvent,
  { meetUp }: Conference,
  people: DemoPerson[],
): Promise<void> {
  const { ask, path } = demo
  const ticket = await ask('POST', `${path}/ticket_types`, {
    name: 'Both days',
    session_access: 'all',
  })
  const tokens: string[] = []
  for (const [n, { id }] of people.slice(0, guests).entries()) {
    const body = { ticket_type_id: ticket.ticket_type_id }
    await ask('PUT', `${path}/people/resources/${id}/ticket`, body)
    const made = await ask('POST', '/tokens', { role: 'attendee', events: [demo.id], person: id })
    const token = String(made.token)
    tokens.push(token)
    await ask('PATCH', `${path}/people/me/profile`, profileAt(n), token)
    await ask('PUT', `${path}/networking/sessions/${meetUp}/registration`, undefined, token)
  }
  for (let round = 0; round < 2; round += 1) {
    for (const token of tokens) {
      await ask('PUT', `${path}/networking/sessions/${meetUp}/availability`, { ready: true }, token)
    }
    await ask('POST', `${path}/networking/sessions/${meetUp}/rounds`)
  }
  await seedMeetings(demo, people, tokens)
}

async function seedMeetings({ ask, path }: DemoEvent, people: DemoPerson[], tokens: string[]) {
  for (let n = 0; n + 1 < 12; n += 2) {
    const [mine, theirs] = [tokens[n], tokens[n + 1]]
    const [me, other] = [people[n], people[n + 1]]
    await ask('POST', `${path}/people/${other?.id}/connection`, undefined, mine)
    if (n % 4 === 0) continue
    await ask('PUT', `${path}/people/${me?.id}/connection`, { status: 'ACCEPT' }, theirs)
    const meeting = await ask('POST', `${path}/people/${other?.id}/meetings`, hourAt(n), mine)
    await ask('PUT', `${path}/people/me/meetings/${meeting.id}`, { status: 'BOOKED' }, theirs)
  }
}

const hourAt = (n: number) => ({
  meetingStartTime: `2027-05-04T${12 + (n % 2)}:${n < 6 ? '30' : '45'}:00+02:00`,
  meetingEndTime: `2027-05-04T${12 + (n % 2)}:${n < 6 ? '40' : '55'}:00+02:00`,
  note: 'At the coffee bar',
})

const profileAt = (n: number) => ({
  extraInfo: {
    aboutMe: 'Invented for the demo.',
    knows: [pick(subjects, n), pick(subjects, n + 1)],
    wantsToLearn: [pick(subjects, n + 3), pick(subjects, n + 4)],
    wantsToMeet: [pick(roles, n)],
  },
  interests: [pick(subjects, n + 2), pick(subjects, n + 5)],
  showContactInfo: n % 2 === 0,
})
