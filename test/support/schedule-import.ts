// A conference as other systems export it, the same for the same seed: names in ten scripts, pasted HTML, ids of three shapes.

const names = [
  ['Zoë', 'Müller'],
  ['Łukasz', 'Żółć'],
  ['Владимир', 'Щукин'],
  ['Ελένη', 'Παπαδοπούλου'],
  ['דנה', 'כהן'],
  ['ليلى', 'حسن'],
  ['می\u200cنا', 'رضایی'],
  ['काव्या', 'शर्मा'],
  ['സന്ധ്യ', 'രാജന്\u200d'],
  ['สมชาย', 'ใจดี'],
  ['花子', '山田'],
  ['지우', '김'],
] as const
const texts = [
  '',
  '<p>Plain &amp; simple, with a <a href="https://example.org/?a=1&amp;b=2">link</a>.</p>',
  '<p class=MsoNormal><b style="mso-bidi-font-weight:normal">Agenda<o:p></o:p></b></p><ul><li>One</li></ul>',
  '<b style="font-weight:normal"><p dir="ltr"><span style="font-weight:700">Bold</span></p></b>',
  'Three lines\nof plain text\nby <jane@example.org>',
  '<div dir="rtl" lang="ar">مرحبا</div><table><tr><td>9:00</td><td>Doors</td></tr></table>',
  '<span style="text-decoration:line-through">Room 1</span> Room 2 <img src="a.png" alt="Map">',
]

/** Ids as Sessionize and pretalx (UUIDs), frab (integers) and hand-made tables (slugs) have them. */
const idOf = (kind: string, n: number): string => {
  const hex = (n * 2_654_435_761).toString(16).padStart(12, '0').slice(-12)
  return [`71edb91f-314b-496a-832e-${hex}`, String(10_000 + n), `${kind}-${n}.ö`][n % 3] ?? ''
}

/** The rows of tracks, speakers and sessions, each under its id of the system `other`. */
export function scheduleOf(seed: number, counts: { sessions: number; speakers: number }) {
  let state = seed
  const draw = (below: number): number => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return Math.floor((state / 2_147_483_648) * below)
  }
  const external_ids = (kind: string, n: number) => [{ id_system: 'other', id: idOf(kind, n) }]
  const tracks = Array.from({ length: 12 }, (_, n) => ({
    external_ids: external_ids('track', n),
    track_name: `Track ${n} ${names[n]?.[0]}`,
    track_color: '#0A7f3C',
  }))
  const speakers = Array.from({ length: counts.speakers }, (_, n) => {
    const [first_name, last_name] = names[draw(names.length)] ?? names[0]
    return {
      external_ids: external_ids('person', n),
      profile: { first_name, last_name: `${last_name} ${n}` },
    }
  })
  const sessions = Array.from({ length: counts.sessions }, (_, n) => {
    const hour = String(8 + draw(15)).padStart(2, '0')
    return {
      external_ids: external_ids('session', n),
      session_name: `${names[draw(names.length)]?.[1]}: talk ${n}`,
      session_description: texts[draw(texts.length)] ?? '',
      session_date: `2027-05-0${4 + draw(3)}`,
      session_start_time: `${hour}:${draw(2) ? '30' : '00'}:00`,
      session_end_time: `${hour}:45`,
      location: `Hall ${draw(20)}`,
      speakers: [idOf('person', draw(counts.speakers))],
      session_tracks: [idOf('track', draw(tracks.length))],
    }
  })
  return { tracks, speakers, sessions }
}
