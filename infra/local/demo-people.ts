import { avatar } from './avatars.ts'
import { type DemoEvent, pick } from './demo-calls.ts'
import type { Conference } from './demo-conference.ts'

export type DemoPerson = { id: string; email: string }

const size = 240
const withPicture = 24

const first = [
  'Amara',
  'Björn',
  'Chiara',
  'Dilek',
  'Emeka',
  'Fumiko',
  'Goran',
  'Hélène',
  'Ikram',
  'Jonas',
  'Kavya',
  'Lúcia',
  'Mateo',
  'Nadia',
  'Olu',
  'Priya',
  'Quentin',
  'Rosa',
  'Samir',
  'Tereza',
]
const last = [
  'Adeyemi',
  'Bergström',
  'Conti',
  'Demir',
  'Eze',
  'Fujita',
  'Novak',
  'Laurent',
  'Haddad',
  'Keller',
  'Rao',
  'Silva',
  'Vargas',
]
const companies = [
  'Strom & Söhne',
  'Kiosk Labs',
  'Northgate',
  'Museum of Maps',
  'Open Ledger',
  'Tidewater',
]
const titles = [
  'Engineer',
  'Designer',
  'Editor',
  'Researcher',
  'Organiser',
  'Director',
  'Archivist',
]
const diets = ['none', 'vegetarian', 'vegan', 'no nuts']

/** People with groups, agenda and speakers; two dozen of them with an avatar made on the spot. */
export async function seedPeople(demo: DemoEvent, conference: Conference): Promise<DemoPerson[]> {
  const { ask, path } = demo
  const people: DemoPerson[] = []
  for (let n = 0; n < size; n += 1) {
    const picture = n < withPicture ? await upload(demo, n) : undefined
    const person = personAt(n, conference, picture)
    const made = await ask('POST', `${path}/people/resources`, { person })
    people.push({ id: String(made.person_id), email: person.profile.email_address })
  }
  return people
}

async function upload({ ask, path }: DemoEvent, n: number): Promise<string> {
  const bytes = await avatar(`demo ${n}`, { side: 240 })
  const made = await ask('POST', `${path}/resources/pictures`, bytes)
  return String(made.resource_id)
}

function personAt(n: number, conference: Conference, picture: string | undefined) {
  const { groups, field } = conference
  return {
    external_ids: [{ id_system: 'crm', id: String(1000 + n) }],
    profile: {
      first_name: pick(first, n),
      last_name: pick(last, n, 3),
      email_address: `guest${n}@congress.example`,
      company: pick(companies, n, 5),
      title: pick(titles, n, 3),
      about: 'Invented for the demo.',
      social_contacts: { linkedin_url: `https://www.linkedin.com/in/demo-guest-${n}` },
      ...(picture && { picture_resource_id: picture }),
    },
    custom_fields_meta: { [field]: pick(diets, n, 3) },
    assign_groups: n % 3 === 0 ? [pick(groups, n, 2)] : [],
    assign_agenda: { sessions: agendaAt(n, conference) },
  }
}

/**
 * The first people speak in one session each; everybody attends three others without a capacity. The networking
 * session is left to those who join it.
 */
function agendaAt(n: number, { sessions, meetUp }: Conference) {
  const open = sessions.filter((id, at) => at % 10 !== 3 && id !== meetUp)
  const speaks = sessions[n] === meetUp ? undefined : sessions[n]
  const attends = new Set([pick(open, n), pick(open, n + 5, 11), pick(open, n + 11, 13)])
  if (speaks) attends.delete(speaks)
  return [
    ...(speaks ? [{ session_id: speaks, session_roles: ['Speaker'] }] : []),
    ...[...attends].map((session_id) => ({ session_id, session_roles: [] as string[] })),
  ]
}
