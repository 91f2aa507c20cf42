import * as v from 'valibot'

const text = v.string()
const references = v.array(v.object({ title: text, url: text }))

const FrabEvent = v.object({
  guid: text,
  id: v.number(),
  date: text,
  start: text,
  end: text,
  duration: text,
  room: text,
  slug: text,
  url: text,
  title: text,
  subtitle: text,
  track: text,
  type: text,
  language: text,
  abstract: text,
  description: text,
  persons: v.array(v.object({ guid: text, id: v.number(), name: text })),
  links: references,
  attachments: references,
})
export type FrabEvent = v.InferOutput<typeof FrabEvent>

const FrabDay = v.object({
  index: v.number(),
  date: text,
  day_start: text,
  day_end: text,
  rooms: v.record(text, v.array(FrabEvent)),
})
export type FrabDay = v.InferOutput<typeof FrabDay>

const FrabSchedule = v.object({
  version: text,
  conference: v.object({
    acronym: text,
    title: text,
    start: text,
    end: text,
    daysCount: v.number(),
    timeslot_duration: text,
    time_zone_name: text,
    rooms: v.array(v.object({ guid: text, name: text })),
    days: v.array(FrabDay),
  }),
})
export type FrabSchedule = v.InferOutput<typeof FrabSchedule>

/** The programme as schedule apps read it (https://c3voc.de/schedule/schema.json). */
export const FrabAnswer = v.object({ schedule: FrabSchedule })
