import { describe, expect, it } from 'vitest'
import { usageOf } from '#lib/model/usage.ts'
import { usageChart } from '#lib/wire/usage-chart.ts'

const start = Date.UTC(2026, 4, 1, 13)
const minutes = (user: number, from: number, to: number) => ({
  user,
  group: 1,
  in: start + from * 60_000,
  out: start + to * 60_000,
})
const chart = (logs: ReturnType<typeof minutes>[], title = 'Fair', zone = 'America/New_York') =>
  usageChart({ title, zone, concurrency: usageOf(logs).concurrency })

describe('the chart of usage', () => {
  it('says in words when it begins, ends and peaks', () => {
    expect(chart([minutes(1, 0, 60), minutes(2, 10, 20)])).toContain(
      '<desc id="desc">2026-05-01 09:00 to 2026-05-01 10:00 (America/New_York). ' +
        'At most 2 at once, at 2026-05-01 09:10.</desc>',
    )
  })

  it('has times and heights at its axes', () => {
    const svg = chart([minutes(1, 0, 60), minutes(2, 10, 20)])
    for (const label of ['09:00', '09:30', '10:00', '2026-05-01', '0', '1', '2', 'users']) {
      expect(svg).toContain(`>${label}</text>`)
    }
  })

  it('goes up and down where users come and go', () => {
    const path = /class="l" d="([^"]+)"/.exec(chart([minutes(1, 0, 60), minutes(2, 15, 30)]))?.[1]
    expect(path).toBe('M56 188H272V72H488V188H920')
  })

  it('falls to nothing between days that are a week apart', () => {
    const path = /class="l" d="([^"]+)"/.exec(
      chart([minutes(1, 0, 1440), minutes(1, 12_960, 14_400)]),
    )
    expect(path?.[1]).toBe('M56 72H142.4V304H833.5V72H920')
  })

  it('keeps its peak when minutes outnumber pixels', () => {
    const logs = Array.from({ length: 3000 }, (_, at) => minutes(at, at * 3, at * 3 + 1 + (at % 7)))
    const svg = chart([...logs, minutes(9000, 5000, 5001), minutes(9001, 5000, 5001)])
    expect(svg.length).toBeLessThan(40_000)
    expect(svg).toMatch(/At most \d+ at once, at 2026-05-04 20:20/)
  })

  it('is safe to show: nothing from outside, nothing that runs, no title out of its place', () => {
    const svg = chart([minutes(1, 0, 1)], '</title><script>alert(1)</script>&"\0\u0001')
    expect(svg).toContain(
      '<title id="title">&lt;/title&gt;&lt;script&gt;alert(1)&lt;/script&gt;&amp;',
    )
    expect(svg).not.toMatch(/<script|href|url\(|@import|\p{Cc}/u)
    expect(svg.match(/https?:[^"]*/g)).toEqual(['http://www.w3.org/2000/svg'])
  })

  it('says so when there is nothing to show', () => {
    expect(chart([])).toContain('No usage yet.')
  })
})
