import { existsSync } from 'node:fs'
import axe from 'axe-core'
import { type Browser, chromium, type Page } from 'playwright-core'

const executablePath = '/usr/bin/chromium'

/** Pages are opened where Debian's Chromium is; elsewhere their tests are left out, and say so. */
export const hasBrowser = existsSync(executablePath)
if (!hasBrowser) console.log(`No page was opened: there is no ${executablePath}.`)

/** A browser of which nothing but the requests of pages leaves: a machine without network fills with refusals else. */
export const openBrowser = (...more: string[]): Promise<Browser> =>
  chromium.launch({ executablePath, args: [...quiet, ...more] })

const quiet = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking']

/** What a browser is started with whose camera sees these JPEG pictures, one after the other, again and again. */
export const cameraOf = (file: string): string[] => [
  '--use-fake-ui-for-media-stream',
  '--use-fake-device-for-media-stream',
  `--use-file-for-fake-video-capture=${file}`,
]

export type Told = { errors: string[]; elsewhere: string[] }

/** Notes what a page complains of, and whom it asks beside these origins, whose requests nobody answers. */
export async function listen(page: Page, origins: string[]): Promise<Told> {
  const told: Told = { errors: [], elsewhere: [] }
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') told.errors.push(message.text())
  })
  page.on('pageerror', ({ message }) => told.errors.push(message))
  await page.route(
    (asked) => !origins.includes(asked.origin),
    (route) => {
      told.elsewhere.push(route.request().url())
      return route.abort()
    },
  )
  return told
}

/** What axe-core finds that is serious or worse (https://github.com/dequelabs/axe-core). */
export async function serious(page: Page): Promise<string[]> {
  await page.evaluate(axe.source)
  return page.evaluate(`axe.run().then(({ violations }) => violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => id + ' ' + nodes[0].html))`)
}
