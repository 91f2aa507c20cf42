/** What the pages say themselves; all else is the organiser's. */
const english = {
  programme: 'Programme',
  search: 'Search sessions, people, rooms',
  find: 'Search',
  all: 'All days',
  everything: 'Everything',
  now: 'Now',
  cancelled: 'Cancelled',
  calendar: 'Add all to my calendar',
  entry: 'Add to my calendar',
  back: 'Whole programme',
  with: 'With',
  links: 'Links',
  none: 'Nothing in the programme matches.',
  empty: 'The programme is not here yet.',
  zone: 'Times are local to the event',
  yours: 'your time',
  print: 'Print',
  skip: 'To the programme',
  sessions: 'sessions',
  theme: 'Dark or light',
}
export type Words = typeof english

const german: Words = {
  programme: 'Programm',
  search: 'Beiträge, Personen, Räume suchen',
  find: 'Suchen',
  all: 'Alle Tage',
  everything: 'Alles',
  now: 'Jetzt',
  cancelled: 'Entfällt',
  calendar: 'Alles in meinen Kalender',
  entry: 'In meinen Kalender',
  back: 'Ganzes Programm',
  with: 'Mit',
  links: 'Links',
  none: 'Nichts im Programm passt dazu.',
  empty: 'Das Programm ist noch nicht da.',
  zone: 'Zeiten am Ort der Veranstaltung',
  yours: 'Ihre Zeit',
  print: 'Drucken',
  skip: 'Zum Programm',
  sessions: 'Beiträge',
  theme: 'Dunkel oder hell',
}

const known = { en: english, de: german }
export type Language = keyof typeof known
export const wordsOf = (language: Language): Words => known[language]

const isKnown = (tag: string): tag is Language => Object.hasOwn(known, tag)

/** The language asked for, else the one liked best of those there are (RFC 9110, section 12.5.4). */
export function languageOf(wanted: string | undefined, accepted: string | undefined): Language {
  const primary = (tag: string) => tag.trim().toLowerCase().split('-')[0] ?? ''
  const asked = primary(wanted ?? '')
  if (isKnown(asked)) return asked
  const liked = (accepted ?? '')
    .slice(0, 500)
    .split(',')
    .map((part) => {
      const [tag = '', ...parameters] = part.split(';')
      const q = parameters.find((one) => /^\s*q=/i.test(one))?.split('=')[1]
      return { tag: primary(tag), q: q === undefined ? 1 : Number(q) }
    })
    .filter(({ q }) => q > 0)
    .sort((a, b) => b.q - a.q)
  for (const { tag } of liked) if (isKnown(tag)) return tag
  return 'en'
}
