import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { cameraOf, hasBrowser, listen, openBrowser, serious } from '#test/support/browser.ts'
import { badgeOf } from '#test/support/door.ts'
import { type EventClient, freshEvent, makePerson } from '#test/support/factories.ts'
import { followChanges, keepDraining } from '#test/support/feed.ts'
import { served } from '#test/support/served.ts'
import { makeSession } from '#test/support/sessions.ts'

let url = ''
let stop = async () => {}
let stopDraining = async () => {}
let browser: Browser
beforeAll(async () => {
  if (!hasBrowser) return
  await followChanges()
  ;({ url, stop } = await served())
  stopDraining = keepDraining()
  browser = await openBrowser()
})
afterAll(async () => {
  await browser?.close()
  await stopDraining()
  await stop()
})

const views = ['', 'people', 'sessions', 'door', 'networking', 'schedules', 'import', 'webhooks']

test.runIf(hasBrowser).each([
  { width: 1440, colorScheme: 'light', by: 'mouse' },
  { width: 390, colorScheme: 'dark', by: 'keyboard' },
] as const)(
  'shows every view at $width pixels, $colorScheme, by $by, with nothing that hinders a reader',
  async ({ width, colorScheme, by }) => {
    const at = await furnished()
    const { page, told } = await signedIn(at.token, { width, colorScheme })
    for (const view of views) {
      if (by === 'mouse') await page.locator(`nav a[href="#/${view}"]`).click()
      else await tabTo(page, `#/${view}`)
      await page.locator(`nav a[href="#/${view}"][aria-current=page]`).waitFor()
      await page.getByText('Reading…').waitFor({ state: 'hidden' })
      expect([view, await page.locator('[role=alert]').allInnerTexts()]).toEqual([view, []])
      expect([view, await serious(page)]).toEqual([view, []])
      const beside = await page.evaluate('document.documentElement.scrollWidth - innerWidth')
      expect([view, beside]).toEqual([view, 0])
    }
    expect(told).toEqual({ errors: [], elsewhere: [] })
    await page.close()
  },
  120_000,
)

test.runIf(hasBrowser)(
  'follows what happens, and finds a person and all about them by keyboard',
  async () => {
    const at = await furnished()
    const { page, told } = await signedIn(at.token)
    await page.locator('.numbers li', { hasText: /^\s*1\s*people/ }).waitFor()
    await makePerson(at, { profile: { first_name: 'Łukasz', last_name: 'Müller' } })
    await page.locator('.numbers li', { hasText: /^\s*2\s*people/ }).waitFor()
    await findable(at, 'mull')
    await page.locator('nav a[href="#/people"]').focus()
    await page.keyboard.press('Enter')
    await drawn(page)
    await page.getByLabel('Find by').focus()
    await page.keyboard.type('mull')
    await page.getByText('1 people').waitFor()
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Łukasz Müller' }).waitFor()
    expect(told).toEqual({ errors: [], elsewhere: [] })
    await page.close()
  },
  60_000,
)

test.runIf(hasBrowser)(
  'tries an import before it writes, and lets somebody in who is found by name',
  async () => {
    const at = await furnished()
    const { page } = await signedIn(at.token)
    await page.locator('nav a[href="#/import"]').click()
    await drawn(page)
    const rows =
      'profile.first_name,profile.email_address\nGrace,grace@example.org\nNobody,no address'
    await page.getByLabel('Or the rows').fill(rows)
    await page.getByRole('button', { name: 'Try' }).click()
    await page.getByText('Tried: 2 rows, 1 new').waitFor()
    expect((await at.ask('GET', '/people/resources')).body.record_number).toBe(1)
    await page.getByRole('button', { name: 'Write these rows' }).click()
    await page.getByText('Written: 2 rows, 1 new').waitFor()
    expect((await at.ask('GET', '/people/resources')).body.record_number).toBe(2)
    await page.locator('nav a[href="#/door"]').click()
    await drawn(page)
    await page.getByLabel('Name, or the code').fill('ada')
    await page.keyboard.press('Enter')
    await page.locator('button.person').click()
    await page.getByText(/Checked|Denied/).waitFor()
    expect((await at.ask('GET', '/checkins')).body.record_number).toBe(1)
    await page.close()
  },
  60_000,
)

test.runIf(hasBrowser)(
  'reads a badge by the camera, and shows organisers what is kept of whom it is of',
  async () => {
    const at = await furnished()
    const { people_list: all } = (await at.ask('GET', '/people/resources')).body
    const { person_id: person } = all[0]
    await badgeOf(at, person)
    const { text } = await at.ask('GET', `/people/resources/${person}/badge.svg`)
    const folder = mkdtempSync(join(tmpdir(), 'plenary-camera-'))
    const badge = sharp(Buffer.from(text)).resize(300, 300, { fit: 'contain', background: 'white' })
    const space = { top: 90, bottom: 90, left: 170, right: 170, background: 'white' }
    const picture = await badge.flatten({ background: 'white' }).extend(space).jpeg().toBuffer()
    writeFileSync(join(folder, 'badge.mjpeg'), Buffer.concat([picture, picture]))
    const seeing = await openBrowser(...cameraOf(join(folder, 'badge.mjpeg')))
    const { page, told } = await signedIn(at.token, {}, seeing)
    await page.locator('nav a[href="#/door"]').click()
    await drawn(page)
    await page.getByRole('button', { name: 'Read badges by camera' }).click()
    await page.getByText('Checked').waitFor()
    await page.getByRole('button', { name: 'Stop the camera' }).click()
    expect((await at.ask('GET', '/checkins')).body.record_number).toBe(1)
    await page.goto(`${url}/api/v2/console#/people/${person}`)
    await page.getByRole('heading', { name: 'Scans' }).waitFor()
    await page.getByRole('cell', { name: 'entrance' }).waitFor()
    expect(await serious(page)).toEqual([])
    expect(told).toEqual({ errors: [], elsewhere: [] })
    await seeing.close()
  },
  60_000,
)

test.runIf(hasBrowser)(
  'forgets the token with the page, and says what is wrong with one',
  async () => {
    const { token } = await furnished()
    const { page } = await signedIn(token)
    const kept = 'JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie])'
    expect(await page.evaluate(kept)).not.toContain('plk_')
    await page.reload()
    await page.getByLabel('Token').fill('plk_nobody')
    await page.keyboard.press('Enter')
    await page.getByRole('alert').waitFor()
    await page.close()
  },
)

/** A new view takes the focus when it is drawn: whoever types before loses it. */
const drawn = (page: Page): Promise<void> => page.locator('#main:focus').waitFor()

/** The words by which people are found follow by the stream. */
async function findable(at: EventClient, q: string): Promise<void> {
  const found = async () => (await at.ask('GET', `/people/resources?q=${q}`)).body.record_number
  await expect.poll(found, { timeout: 30_000 }).toBe(1)
}

/** Goes by Tab to the link of a view, from the top of the page, and follows it. */
async function tabTo(page: Page, href: string): Promise<void> {
  await page.evaluate('document.activeElement.blur()')
  for (let presses = 0; presses < 20; presses += 1) {
    await page.keyboard.press('Tab')
    const at = await page.evaluate('document.activeElement.getAttribute("href")')
    if (at === href) return page.keyboard.press('Enter')
  }
  throw new Error(`${href} is not to be reached by Tab`)
}

/** An event with somebody who attends a session. */
async function furnished() {
  const at = await freshEvent()
  const session = await makeSession(at)
  await makePerson(at, { assign_agenda: { sessions: [{ session_id: session.session_id }] } })
  await findable(at, 'ada')
  return at
}

type Looks = { width?: number; colorScheme?: 'light' | 'dark' }

/** The console after sign-in; what it complains of, and whom else it asks, which nobody answers. */
async function signedIn(
  token: string,
  { width = 1200, colorScheme = 'light' }: Looks = {},
  by = browser,
) {
  const page = await by.newPage({ viewport: { width, height: 900 }, colorScheme })
  const told = await listen(page, [url])
  await page.goto(`${url}/api/v2/console`)
  await page.getByLabel('Token').fill(token)
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Rhine Conference' }).waitFor()
  return { page, told }
}
