import { offsetMinutes, showing, zoneNamed } from './zone.ts'

/** An instant as we keep it: ISO 8601, UTC, milliseconds. Sorts as text. */
export type Instant = string
/** A date as `YYYY-MM-DD` and a time as `HH:MM` on the clocks of some zone; Monday is 1. */
export type Local = { date: string; time: string; weekday: number }
export type LocalTime = { hour: number; minute: number }

const dayMillis = 86_400_000
const minuteMillis = 60_000
const firstMillis = 0
const lastMillis = Date.UTC(3000, 0, 1) - 1
const isoShape =
  /^(\d{4}-\d\d-\d\d)[T ]([01]\d|2[0-3]):([0-5]\d):([0-5]\d)(?:\.(\d{1,20}))?(?:Z|([+-])(0\d|1[0-4]):([0-5]\d))$/i

let clock: () => number = Date.now

/** Replaces the clock (milliseconds since 1970) and returns a function that puts the old one back. */
export function setClock(next: () => number): () => void {
  const before = clock
  clock = next
  return () => {
    clock = before
  }
}

export const nowMillis = (): number => clock()
export const now = (): Instant => instantOf(clock())
export const instantOf = (millis: number): Instant => new Date(millis).toISOString()
export const millisOf = (instant: Instant): number => Date.parse(instant)
export const toUnix = (instant: Instant): number => Math.floor(millisOf(instant) / 1000)

/** True for zones of the time zone database, in any letter case. */
export const isZone = (text: string): boolean => zoneNamed(text) !== undefined

/** `2016-09-02T15:26:49-04:00` on the zone's clocks; fractions of a second are cut off. */
export const formatInstant = (instant: Instant, zone: string): string => {
  const millis = millisOf(instant)
  const offset = offsetMinutes(zone, millis)
  return shifted(millis, offset).slice(0, 19) + printOffset(offset)
}

/** `2017-07-10T09:00:00.000-04:00` on the zone's clocks. */
export const formatMillis = (instant: Instant, zone: string): string => {
  const millis = millisOf(instant)
  const offset = offsetMinutes(zone, millis)
  return shifted(millis, offset).slice(0, 23) + printOffset(offset)
}

/** The zone's offset at an instant, as `-04:00`. */
export const zoneOffset = (zone: string, instant: Instant): string =>
  printOffset(offsetMinutes(zone, millisOf(instant)))

/**
 * RFC 3339, `t`, `z` and a blank between date and time included, on a real day of the years 1970 to 2999; undefined
 * for everything else, 24:00 and leap seconds among it. Digits beyond the millisecond are cut off.
 */
export function parseInstant(text: string): Instant | undefined {
  const [, date, hour, minute, second, fraction = '', sign, offsetHour, offsetMinute] =
    isoShape.exec(text) ?? []
  if (date === undefined || !isDate(date)) return undefined
  const local = Date.parse(
    `${date}T${hour}:${minute}:${second}.${fraction.padEnd(3, '0').slice(0, 3)}Z`,
  )
  const offset = sign === undefined ? 0 : Number(offsetHour) * 60 + Number(offsetMinute)
  const millis = local - (sign === '-' ? -offset : offset) * minuteMillis
  return millis < firstMillis || millis > lastMillis ? undefined : instantOf(millis)
}

/** True for a real day as `YYYY-MM-DD` of the years 1970 to 2999. */
export function isDate(text: string): boolean {
  if (!/^(?:19[7-9]|2\d\d)\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/.test(text)) return false
  return new Date(`${text}T00:00:00Z`).toISOString().startsWith(text)
}

/**
 * `HH-MM`, as the session document writes times, or `HH:MM`; 00:00 to 23:59. Other systems add seconds: they are read
 * where they are 0, since a session begins with a minute.
 */
export function parseLocalTime(text: string): LocalTime | undefined {
  const [, hour, minute] = /^([01]\d|2[0-3])[-:]([0-5]\d)(?:[-:]00(?:\.0+)?)?$/.exec(text) ?? []
  return hour === undefined ? undefined : { hour: Number(hour), minute: Number(minute) }
}

/** `HH-MM`. */
export const printTime = ({ hour, minute }: LocalTime): string => `${two(hour)}-${two(minute)}`

/**
 * The instant at which the zone's clocks show this date and time. Undefined when they never do (the
 * day does not exist, or the hour is skipped in spring); of two such instants, the earlier.
 */
export function localToInstant(
  date: string,
  hour: number,
  minute: number,
  zone: string,
): Instant | undefined {
  if (!isDate(date)) return undefined
  const offsetAt = (millis: number) => offsetMinutes(zone, millis)
  const { at, skipped } = showing(Date.parse(`${date}T${two(hour)}:${two(minute)}Z`), offsetAt)
  return skipped ? undefined : instantOf(at)
}

/** What calendar and clock of the zone show at an instant. */
export function instantToLocal(instant: Instant, zone: string): Local {
  const millis = millisOf(instant)
  const text = shifted(millis, offsetMinutes(zone, millis))
  const weekday = ((Math.floor(Date.parse(text) / dayMillis) + 3) % 7) + 1
  return { date: text.slice(0, 10), time: text.slice(11, 16), weekday }
}

/** The day `count` days later (or earlier, when negative), as `YYYY-MM-DD`. */
export const addDays = (date: string, count: number): string =>
  instantOf(Date.parse(`${date}T00:00:00Z`) + count * dayMillis).slice(0, 10)

function printOffset(minutes: number): string {
  const size = Math.abs(minutes)
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`
}

const shifted = (millis: number, minutes: number): string =>
  instantOf(millis + minutes * minuteMillis)

const two = (value: number): string => String(value).padStart(2, '0')
