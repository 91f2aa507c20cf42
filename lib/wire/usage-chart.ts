import { formatInstant, instantOf, millisOf } from '#lib/base/time.ts'
import type { MinuteUsage } from '#lib/model/usage.ts'

export type ChartInput = { title: string; zone: string; concurrency: MinuteUsage[] }

type Point = { at: number; users: number }
type Scale = { x: (millis: number) => number; y: (users: number) => number }

const width = 960
const height = 360
const plot = { left: 56, right: 920, top: 72, bottom: 304 }
const minuteMillis = 60_000
const steps = [
  5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 5760, 10_080, 43_200, 129_600, 525_600,
]
const style =
  'text{font:12px system-ui,sans-serif;fill:#475467}.t{font-size:18px;font-weight:600;fill:#101828}' +
  '.g{stroke:#eaecf0}.b{stroke:#98a2b3}.a{fill:#2563eb;fill-opacity:.14}' +
  '.l{fill:none;stroke:#2563eb;stroke-width:2;stroke-linejoin:round}.p{fill:#2563eb}'

/**
 * Users present at the same time, minute by minute, as one SVG that stands alone: no script, no outside
 * reference. Times are the event's; where minutes outnumber pixels, a pixel shows its highest minute.
 */
export function usageChart({ title, zone, concurrency }: ChartInput): string {
  const points = pointsOf(concurrency)
  const peak = points.reduce((best, point) => (point.users > best.users ? point : best), nothing)
  const first = points[0]?.at ?? 0
  const last = (points.at(-1)?.at ?? 0) + minuteMillis
  const top = niceTop(peak.users)
  const scale: Scale = {
    x: (millis) =>
      round(plot.left + ((millis - first) / (last - first)) * (plot.right - plot.left)),
    y: (users) => round(plot.bottom - (users / top) * (plot.bottom - plot.top)),
  }
  const said = points.length === 0 ? 'No usage yet.' : summaryOf(first, last, peak, zone)
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}"`,
    ` height="${height}" role="img" aria-labelledby="title desc">`,
    `<title id="title">${escaped(title)}</title><desc id="desc">${escaped(said)}</desc>`,
    `<style>${style}</style><rect width="${width}" height="${height}" fill="#fff"/>`,
    `<text class="t" x="24" y="34">${escaped(shortened(title, 72))}</text>`,
    `<text x="24" y="54">${escaped(said)}</text>`,
    points.length === 0 ? '' : body(points, { peak, top }, zone, scale),
    '</svg>',
  ].join('')
}

const nothing: Point = { at: 0, users: 0 }

function body(
  points: Point[],
  { peak, top }: { peak: Point; top: number },
  zone: string,
  scale: Scale,
): string {
  const first = points[0]?.at ?? 0
  const last = (points.at(-1)?.at ?? 0) + minuteMillis
  const line = lineOf(thinned(points, scale), scale, scale.x(last))
  const base = `L${scale.x(last)} ${plot.bottom}L${scale.x(first)} ${plot.bottom}Z`
  return [
    gridOf(top, scale),
    ticksOf(first, last, zone, scale),
    `<path class="a" d="${line}${base}"/><path class="l" d="${line}"/>`,
    `<circle class="p" cx="${scale.x(peak.at + minuteMillis / 2)}" cy="${scale.y(peak.users)}" r="4"/>`,
  ].join('')
}

function gridOf(top: number, scale: Scale): string {
  const step = top <= 5 ? 1 : top / 5
  const lines: string[] = []
  for (let users = 0; users <= top; users += step) {
    const y = scale.y(users)
    lines.push(
      `<line class="${users === 0 ? 'b' : 'g'}" x1="${plot.left}" x2="${plot.right}" y1="${y}" y2="${y}"/>`,
      `<text x="${plot.left - 8}" y="${y + 4}" text-anchor="end">${users}</text>`,
    )
  }
  const middle = (plot.top + plot.bottom) / 2
  const name = `<text x="16" y="${middle}" text-anchor="middle" transform="rotate(-90 16 ${middle})">`
  return `${lines.join('')}${name}users</text>`
}

function ticksOf(first: number, last: number, zone: string, scale: Scale): string {
  const minutes = (last - first) / minuteMillis
  const step = steps.find((size) => minutes / size <= 10) ?? 525_600
  const offset = millisOf(`${localOf(first, zone)}:00.000Z`) - minuteStart(first)
  const marks: string[] = []
  let day = ''
  const size = step * minuteMillis
  for (let at = Math.ceil((first + offset) / size) * size - offset; at <= last; at += size) {
    const [date = '', time = ''] = localOf(at, zone).split('T')
    const x = scale.x(at)
    marks.push(
      `<line class="b" x1="${x}" x2="${x}" y1="${plot.bottom}" y2="${plot.bottom + 5}"/>`,
      `<text x="${x}" y="${plot.bottom + 20}" text-anchor="middle">${step < 1440 ? time : date}</text>`,
      step < 1440 && date !== day
        ? `<text x="${x}" y="${plot.bottom + 36}" text-anchor="middle">${date}</text>`
        : '',
    )
    day = date
  }
  return marks.join('')
}

// One step per minute: across at the old height, then straight up or down.
function lineOf(points: Point[], scale: Scale, end: number): string {
  const parts = points.map(({ at, users }, index) =>
    index === 0 ? `M${scale.x(at)} ${scale.y(users)}` : `H${scale.x(at)}V${scale.y(users)}`,
  )
  return `${parts.join('')}H${end}`
}

// With more points than the eye parts, each pixel shows its highest moment.
function thinned(points: Point[], scale: Scale): Point[] {
  const kept = points.length > 440 ? highest(points, scale) : points
  return kept.filter(({ users }, at) => users !== kept[at - 1]?.users)
}

function highest(points: Point[], scale: Scale): Point[] {
  const kept: Point[] = []
  let pixel = Number.NEGATIVE_INFINITY
  points.forEach((point, index) => {
    const here = Math.floor(scale.x(point.at))
    const best = kept.at(-1)
    if (best === undefined || here > pixel) kept.push(point)
    else if (best.users < point.users) kept[kept.length - 1] = { at: best.at, users: point.users }
    pixel = here
    // Before a jump over pixels, the line takes the height that it keeps on the way.
    const next = points[index + 1]
    const jumps = next !== undefined && Math.floor(scale.x(next.at)) > here + 1
    if (jumps && point.users !== kept.at(-1)?.users) kept.push(point)
  })
  return kept
}

// Usage over more than a week leaves out minutes without users: the line has to fall to 0 there.
function pointsOf(concurrency: MinuteUsage[]): Point[] {
  const points: Point[] = []
  for (const { minute, users } of concurrency) {
    const at = millisOf(minute)
    const due = (points.at(-1)?.at ?? at - minuteMillis) + minuteMillis
    if (at > due) points.push({ at: due, users: 0 })
    if (at - due >= minuteMillis) points.push({ at: at - minuteMillis, users: 0 })
    points.push({ at, users })
  }
  return points
}

function summaryOf(first: number, last: number, peak: Point, zone: string): string {
  const from = localOf(first, zone).replace('T', ' ')
  const to = localOf(last, zone).replace('T', ' ')
  const at = localOf(peak.at, zone).replace('T', ' ')
  return `${from} to ${to} (${zone}). At most ${peak.users} at once, at ${at}.`
}

// Heights that divide into whole users: 1 to 5, then 5, 10, 20, 50, 100 … times 1, 2 or 4.
function niceTop(users: number): number {
  if (users <= 5) return Math.max(1, users)
  const power = 10 ** Math.floor(Math.log10(users / 5))
  const unit = [1, 2, 3, 4, 5, 6, 8, 10].find((step) => step * power * 5 >= users) ?? 10
  return unit * power * 5
}

const localOf = (millis: number, zone: string): string =>
  formatInstant(instantOf(millis), zone).slice(0, 16)
const minuteStart = (millis: number): number => Math.floor(millis / minuteMillis) * minuteMillis
const round = (value: number): number => Math.round(value * 10) / 10
const shortened = (text: string, max: number): string =>
  [...text].length > max ? `${[...text].slice(0, max - 1).join('')}…` : text

// Besides markup, what XML 1.0 does not allow at all, or the picture would not load.
const escaped = (text: string): string =>
  text
    .toWellFormed()
    .replace(/(?![\t\n])\p{Cc}|[\ufffe\uffff]/gu, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
