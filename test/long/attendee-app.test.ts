import { readFileSync } from 'node:fs'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { hasBrowser, listen, openBrowser } from '#test/support/browser.ts'
import { freshEvent, makePerson } from '#test/support/factories.ts'
import { followChanges } from '#test/support/feed.ts'
import { type Issuer, issuerOnLoopback } from '#test/support/issuer.ts'
import { type Loopback, onLoopback } from '#test/support/loopback.ts'
import { served } from '#test/support/served.ts'
import { makeSession } from '#test/support/sessions.ts'

let api: Awaited<ReturnType<typeof served>>
let app: Loopback
let provider: Issuer
let browser: Browser
beforeAll(async () => {
  if (!hasBrowser) return
  process.env.OIDC_ON_LOOPBACK = '1'
  await followChanges()
  ;[api, app, provider, browser] = await Promise.all([
    served(),
    onLoopback((request, response) => {
      const isScript = request.url === '/app.js'
      response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html')
      response.end(readFileSync(`examples/attendee-app/${isScript ? 'app.js' : 'index.html'}`))
    }),
    issuerOnLoopback(),
    openBrowser(),
  ])
})
afterAll(async () => {
  await browser?.close()
  await Promise.all([api?.stop(), app?.stop(), provider?.stop()])
})

test.runIf(hasBrowser)(
  'goes from sign-in to a booked meeting in an app on another origin, by nothing but what it shows',
  async () => {
    const at = await freshEvent()
    for (const [first_name, last_name] of [
      ['Ada', 'Byron'],
      ['Eve', 'Moore'],
    ]) {
      const email_address = `${first_name}@example.com`
      await makePerson(at, { profile: { first_name, last_name, email_address } })
    }
    const { session_id } = await makeSession(at, { session_name: 'Opening' })
    const sign_in = { issuer: provider.issuer, audience: 'client' }
    await at.ask('PATCH', '', { event: { sign_in, allowed_origins: [app.endpoint] } })
    const ada = await opened(at.id, 'ada@example.com')
    await ada.page.getByRole('button', { name: 'Join: Opening' }).click()
    await ada.page.getByText('Opening ✓').waitFor()
    await ada.page.getByRole('button', { name: 'Connect: Eve Moore' }).click()
    const eve = await opened(at.id, 'eve@example.com')
    await eve.page.getByRole('button', { name: 'Accept: Ada Byron' }).click()
    await eve.page.getByRole('button', { name: 'Meet: Ada Byron' }).click()
    await eve.page.getByText('CREATED with Ada Byron').waitFor()
    await ada.page.reload()
    await signIn(ada.page, 'ada@example.com')
    await ada.page.getByRole('button', { name: /^Book: CREATED with Eve Moore/ }).click()
    await ada.page.getByText('BOOKED with Eve Moore').waitFor()
    const attendees = await at.ask('GET', `/sessions/resources/${session_id}/attendees`)
    expect(attendees.body.record_number).toBe(1)
    for (const { told } of [ada, eve]) expect(told).toEqual({ errors: [], elsewhere: [] })
    const kept = 'JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie])'
    expect(await ada.page.evaluate(kept)).not.toMatch(/eyJ/)
    // Nobody named this origin any more: the browser keeps what it is answered from the app.
    await at.ask('PATCH', '', { event: { allowed_origins: [] } })
    await ada.page.getByRole('button', { name: 'Leave: Opening ✓' }).click()
    await ada.page.getByText('Failed to fetch').waitFor()
  },
  60_000,
)

async function opened(event: string, email: string) {
  const context = await browser.newContext()
  const page = await context.newPage()
  const told = await listen(page, [app.endpoint, api.url, provider.issuer])
  const query = new URLSearchParams({
    api: `${api.url}/api/v2`,
    event,
    issuer: provider.issuer,
    client: 'client',
  })
  await page.goto(`${app.endpoint}/?${query}`)
  await signIn(page, email)
  return { page, told }
}

async function signIn(page: Page, email: string): Promise<void> {
  provider.state.visitor = email
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('heading', { name: 'Rhine Conference' }).waitFor()
}
