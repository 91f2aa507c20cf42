import ICAL from 'ical.js'

/** Events of a calendar text as a reader understands them: uid → start and end in UTC. */
export function readCalendar(text: string) {
  const calendar = new ICAL.Component(ICAL.parse(text))
  for (const zone of calendar.getAllSubcomponents('vtimezone')) ICAL.TimezoneService.register(zone)
  const entries = calendar.getAllSubcomponents('vevent').map((component) => {
    const event = new ICAL.Event(component)
    const utc = (time: ICAL.Time) => time.toJSDate().toISOString()
    return {
      ...event,
      uid: event.uid,
      summary: event.summary,
      sequence: event.sequence,
      start: utc(event.startDate),
      end: utc(event.endDate),
    }
  })
  return new Map(entries.map((entry) => [entry.uid.split('@')[0], entry]))
}
