import { existsSync } from 'node:fs'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { codeOf } from '#lib/base/errors.ts'
import { organisation } from '#test/support/call.ts'
import { served } from '#test/support/served.ts'

const executablePath = '/usr/bin/chromium'
const hasBrowser = existsSync(executablePath)
if (!hasBrowser) console.log(`The page was not opened: there is no ${executablePath}.`)

let url = ''
let stop = async () => {}
let browser: Browser
beforeAll(async () => {
  if (!hasBrowser) return
  ;({ url, stop } = await served())
  // Nothing but the page's own requests may leave, or a machine without network fills with refusals.
  const args = [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--disable-background-networking',
  ]
  browser = await chromium.launch({ executablePath, args })
})
afterAll(async () => {
  await browser?.close()
  await stop()
})

test.runIf(hasBrowser).each(['/api/v2/', '/en/api/v2'])(
  'tries a request with a token from the page at %s within its policy',
  async (path) => {
    const { token, organisation: org } = await organisation()
    const page = await browser.newPage()
    const told = listened(page)
    await page.goto(`${url}${path}`)
    await showOnly(page, 'Events and tokens')
    await authorise(page, token)
    const operation = page.locator('#operations-Events_and_tokens-getMe')
    await operation.locator('.opblock-summary-control').click()
    await operation.getByRole('button', { name: 'Execute' }).click()
    const answer = operation.locator('.live-responses-table .response').first()
    await answer.waitFor()
    expect(await answer.locator('.response-col_status').first().textContent()).toContain('200')
    expect(await answer.textContent()).toContain(org)
    expect(told.errors).toEqual([])
    expect([...told.origins]).toEqual([`${url}`])
    await page.close()
  },
)

test.runIf(hasBrowser)('shows the tables of numbers when asked for', async () => {
  const page = await browser.newPage()
  await page.goto(`${url}/`)
  await page.getByText('Error codes', { exact: true }).click()
  await page.getByText('Limits', { exact: true }).click()
  expect(await page.getByRole('cell', { name: String(codeOf('not_authorised')) }).isVisible()).toBe(
    true,
  )
  expect(await page.getByRole('cell', { name: 'bodyBytes' }).isVisible()).toBe(true)
  await page.close()
})

test.runIf(hasBrowser)('unfolds how routes behave without folding the routes', async () => {
  const page = await browser.newPage()
  await page.goto(`${url}/`)
  await showOnly(page, 'Networking')
  const heading = page.locator('#operations-tag-Networking')
  await heading.getByText('How they behave').click()
  expect(await heading.getByText('Being paired uses up readiness.').isVisible()).toBe(true)
  expect(await heading.getAttribute('data-is-open')).toBe('true')
  await page.close()
})

/** Whatever the page complains of, and whomever it asks. */
function listened(page: Page): { errors: string[]; origins: Set<string> } {
  const errors: string[] = []
  const origins = new Set<string>()
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') errors.push(message.text())
  })
  page.on('pageerror', ({ message }) => errors.push(message))
  page.on('request', (request) => {
    const { origin, protocol } = new URL(request.url())
    if (protocol !== 'data:') origins.add(origin)
  })
  return { errors, origins }
}

/** Of so many routes the page draws those in view alone: others come by scrolling, or by asking for their tag. */
const showOnly = (page: Page, tag: string): Promise<void> =>
  page.locator('.operation-filter-input').fill(tag)

async function authorise(page: Page, token: string): Promise<void> {
  await page.locator('.btn.authorize').first().click()
  const dialog = page.locator('.dialog-ux')
  await dialog.locator('input').first().fill(token)
  await dialog.getByRole('button', { name: 'Apply credentials' }).first().click()
  await dialog.getByRole('button', { name: 'Close' }).first().click()
}
