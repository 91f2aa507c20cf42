import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { hasBrowser, listen, openBrowser, serious } from '#test/support/browser.ts'
import { freshEvent, makePerson } from '#test/support/factories.ts'
import { served } from '#test/support/served.ts'
import { makeSession, makeTrack } from '#test/support/sessions.ts'

let api: Awaited<ReturnType<typeof served>>
let browser: Browser
beforeAll(async () => {
  if (hasBrowser) [api, browser] = await Promise.all([served(), openBrowser()])
})
afterAll(async () => {
  await browser?.close()
  await api?.stop()
})

/** Names in scripts of both directions, tracks in their colours, and a session that is cancelled. */
async function published() {
  const at = await freshEvent()
  await at.ask('PATCH', '', {
    event: { published: true, name: 'مؤتمر الراين', description: 'Rhein, راين und مرحبا (2027)' },
  })
  const people = await Promise.all(
    [
      ['ليلى', 'حداد'],
      ['Łukasz', 'Müller'],
    ].map(([first_name, last_name]) => makePerson(at, { profile: { first_name, last_name } })),
  )
  const { track_id } = await makeTrack(at, 'مسار')
  const speakers = people.map(({ person_id }) => person_id)
  for (const [n, session_name] of [
    'الافتتاح: HTTP/3',
    'Doors & people',
    'A'.repeat(180),
  ].entries()) {
    await makeSession(at, {
      session_name,
      session_start_time: `1${n}-00`,
      session_end_time: `1${n}-45`,
      speakers,
      session_tracks: [track_id],
      ...(n === 1 && { session_status: 'CANCELLED' }),
    })
  }
  return `${api.url}/api/v2/events/${at.id}/programme`
}

test.runIf(hasBrowser).each([
  { width: 1440, colorScheme: 'light', locale: 'en-GB' },
  { width: 390, colorScheme: 'dark', locale: 'de-DE' },
] as const)(
  'is read at $width pixels, $colorScheme, in $locale, and stays where it is',
  async ({ width, colorScheme, locale }) => {
    const url = await published()
    const context = await browser.newContext({
      viewport: { width, height: 900 },
      colorScheme,
      locale,
    })
    const page = await context.newPage()
    const told = await listen(page, [api.url])
    await page.addInitScript(`
      window.shift = 0
      new PerformanceObserver((list) => {
        for (const one of list.getEntries()) window.shift += one.value
      }).observe({ type: 'layout-shift', buffered: true })`)
    await page.goto(url)
    expect(await page.locator('html').getAttribute('lang')).toBe(locale.slice(0, 2))
    await page.getByText('الافتتاح: HTTP/3').waitFor()
    expect(await page.evaluate('window.shift')).toBe(0)
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBe(0)
    expect(await serious(page)).toEqual([])
    await page.keyboard.press('Tab')
    expect(await page.evaluate('document.activeElement.tagName')).toBe('A')
    await page.getByRole('searchbox').fill('mull door')
    await page.keyboard.press('Enter')
    await page.getByText('Doors & people').waitFor()
    expect(await page.getByText('الافتتاح: HTTP/3').isVisible()).toBe(false)
    await page.getByText('Doors & people').click()
    await page.getByRole('heading', { name: 'Doors & people' }).waitFor()
    expect(await serious(page)).toEqual([])
    expect(told).toEqual({ errors: [], elsewhere: [] })
    await context.close()
  },
  60_000,
)

test.runIf(hasBrowser)('is there without a script, and on paper', async () => {
  const url = await published()
  const context = await browser.newContext({ javaScriptEnabled: false })
  const page = await context.newPage()
  await page.goto(url)
  await page.getByRole('searchbox').fill('door')
  await page.getByRole('searchbox').press('Enter')
  await page.waitForURL(/q=door/)
  await page.getByText('Doors & people').waitFor()
  expect(await page.getByText('الافتتاح: HTTP/3').count()).toBe(0)
  await page.goto(url)
  await page.emulateMedia({ media: 'print' })
  expect(await page.getByRole('searchbox').isVisible()).toBe(false)
  expect(await page.getByText('Doors & people').isVisible()).toBe(true)
  await context.close()
})
