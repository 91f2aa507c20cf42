import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { codeOf } from '#lib/base/errors.ts'
import { hasBrowser, listen, openBrowser, serious } from '#test/support/browser.ts'
import { organisation } from '#test/support/call.ts'
import { served } from '#test/support/served.ts'

// The script draws all routes before it shows the first: on a slow machine that takes a while.
const patience = { timeout: 60_000 }

let url = ''
let stop = async () => {}
let browser: Browser
beforeAll(async () => {
  if (!hasBrowser) return
  ;({ url, stop } = await served())
  browser = await openBrowser()
})
afterAll(async () => {
  await browser?.close()
  await stop()
})

test.runIf(hasBrowser).each(['/api/v2/', '/en/api/v2'])(
  'tries a request with a token from the page at %s within its policy',
  async (path) => {
    const { token, organisation: org } = await organisation()
    const { page, told } = await opened(path)
    await page.getByPlaceholder('Token').fill(token)
    await page.getByText('Tell what the token may do').first().click()
    await page.getByRole('button', { name: /Test Request.*\/me\)/ }).click()
    const answer = page.waitForResponse((one) => one.url().includes('/api/v2/me'))
    await page.getByRole('button', { name: /^Send/ }).first().click()
    expect(await (await answer).text()).toContain(org)
    await page.getByText(org).first().waitFor(patience)
    expect(told).toEqual({ errors: [], elsewhere: [] })
    await page.close()
  },
  120_000,
)

test.runIf(hasBrowser)('forgets the token with the page', async () => {
  const { token } = await organisation()
  const { page } = await opened('/')
  await page.getByPlaceholder('Token').fill(token)
  await page.getByText('Tell what the token may do').first().click()
  const kept = 'JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie])'
  expect(await page.evaluate(kept)).not.toContain(token)
  await page.reload()
  await drawn(page)
  expect(await page.getByPlaceholder('Token').inputValue()).toBe('')
  await page.close()
})

test.runIf(hasBrowser)('finds a request by a word', async () => {
  const { page } = await opened('/')
  await page.keyboard.press('Control+k')
  await page.getByRole('combobox').fill('waitlist')
  await page
    .getByRole('option', { name: /waitlist/i })
    .first()
    .waitFor(patience)
  await page.close()
})

test.runIf(hasBrowser)('shows the tables of numbers and how every request behaves', async () => {
  const { page } = await opened('/')
  for (const name of [String(codeOf('not_authorised')), 'bodyBytes']) {
    expect(await page.getByRole('cell', { name, exact: true }).first().isVisible()).toBe(true)
  }
  expect(await page.getByRole('heading', { name: 'Safe retries' }).count()).toBeGreaterThan(0)
  await page.close()
})

test.runIf(hasBrowser)('shows every request before any script, and without one', async () => {
  const page = await browser.newPage({ javaScriptEnabled: false })
  await page.goto(`${url}/`)
  expect(await page.getByText('Create an event with its two built-in groups').isVisible()).toBe(
    true,
  )
  expect(await page.getByRole('link', { name: 'openapi.json' }).isVisible()).toBe(true)
  await page.close()
})

test.runIf(hasBrowser).each([
  { width: 1440, colorScheme: 'light' },
  { width: 390, colorScheme: 'dark' },
] as const)('leads to guides and errors at $width pixels, $colorScheme', async (looks) => {
  const { width, colorScheme } = looks
  const context = await browser.newContext({
    viewport: { width, height: 900 },
    colorScheme,
    javaScriptEnabled: false,
  })
  const page = await context.newPage()
  const told = await listen(page, [url])
  await page.goto(`${url}/`)
  await page.getByRole('link', { name: 'Safe retries' }).click()
  await page.getByRole('heading', { name: 'Safe retries', level: 1 }).waitFor()
  const looked = [await shape(page.url(), looks)]
  await page.getByRole('link', { name: '4220001' }).click()
  await page.getByRole('heading', { name: '4220001' }).waitFor()
  looked.push(await shape(page.url(), looks))
  expect(looked).toEqual([
    { beside: 0, faults: [] },
    { beside: 0, faults: [] },
  ])
  expect(told).toEqual({ errors: [], elsewhere: [] })
  await context.close()
})

/** What is wrong with how a page is laid out and said, as far as a program tells; with a script to look with. */
async function shape(
  address: string,
  { width, colorScheme }: { width: number; colorScheme: 'light' | 'dark' },
) {
  const page = await browser.newPage({
    viewport: { width, height: 900 },
    colorScheme,
    bypassCSP: true,
  })
  await page.goto(address)
  const beside = await page.evaluate('document.documentElement.scrollWidth - innerWidth')
  const faults = await serious(page)
  await page.close()
  return { beside, faults }
}

/** A page of the reference as it was drawn; whatever it complains of, and whomever it asks. */
async function opened(path: string) {
  const page = await browser.newPage()
  page.setDefaultTimeout(patience.timeout)
  const told = await listen(page, [url])
  await page.goto(`${url}${path}`)
  await drawn(page)
  return { page, told }
}

const drawn = (page: Page): Promise<void> => page.locator('#reference h1').first().waitFor(patience)
