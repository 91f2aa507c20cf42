import { XMLBuilder } from 'fast-xml-parser'
import type { FrabDay, FrabEvent, FrabSchedule } from './frab-answer.ts'

const builder = new XMLBuilder({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  textNodeName: '#',
  format: true,
  suppressEmptyNode: true,
})

/** The schedule as XML (https://c3voc.de/schedule/schema.xsd). */
export function frabXml({ version, conference }: FrabSchedule): string {
  const { rooms: _, days, daysCount, ...rest } = conference
  return builder.build(
    withoutControls({
      '?xml': { '@version': '1.0', '@encoding': 'UTF-8' },
      schedule: {
        generator: { '@name': 'Plenary' },
        version,
        conference: { ...rest, days: daysCount },
        day: days.map((day) => dayOf(day, conference.rooms)),
      },
    }),
  )
}

const dayOf = (day: FrabDay, rooms: { guid: string; name: string }[]) => ({
  '@index': day.index,
  '@date': day.date,
  '@start': day.day_start,
  '@end': day.day_end,
  room: Object.entries(day.rooms).map(([name, events]) => ({
    '@name': name,
    '@guid': rooms.find((room) => room.name === name)?.guid,
    event: events.map(eventOf),
  })),
})

const eventOf = ({
  guid,
  id,
  url,
  end: _,
  persons,
  links,
  attachments: __,
  ...rest
}: FrabEvent) => ({
  '@guid': guid,
  '@id': id,
  ...rest,
  ...(/^https?:/.test(url) && { url }),
  persons: {
    person: persons.map((one) => ({ '@id': one.id, '@guid': one.guid, '#': one.name })),
  },
  links: { link: links.map(({ title, url }) => ({ '@href': url, '#': title })) },
  attachments: '',
})

/** XML 1.0, section 2.2: these characters cannot be written at all. */
const unwritable = /(?![\t\n\r])\p{Cc}|[\ufffe\uffff]/gu

function withoutControls<T>(value: T): T {
  if (typeof value === 'string') return value.replaceAll(unwritable, '') as T
  if (Array.isArray(value)) return value.map(withoutControls) as T
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, withoutControls(inner)]),
  ) as T
}
