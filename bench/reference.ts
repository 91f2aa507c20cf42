import { hasBrowser, openBrowser } from '#test/support/browser.ts'
import { served } from '#test/support/served.ts'
import type { Measure } from './people.ts'
import { median } from './processor.ts'

/** How soon the reference can be read in a browser: its first operation, and the whole of it as Scalar draws it. */
export async function referenceBench(): Promise<Measure[]> {
  if (!hasBrowser) return []
  const [{ url, stop }, browser] = await Promise.all([served(), openBrowser()])
  const [first, whole]: [number[], number[]] = [[], []]
  for (let run = 0; run < 5; run += 1) {
    const context = await browser.newContext()
    const page = await context.newPage()
    const start = performance.now()
    await page.goto(`${url}/api/v2/`, { waitUntil: 'commit' })
    await page.locator('#contents li code').first().waitFor()
    first.push(performance.now() - start)
    await page.locator('#reference h1').first().waitFor({ timeout: 60_000 })
    whole.push(performance.now() - start)
    await context.close()
  }
  await browser.close()
  await stop()
  return [
    { name: 'reference: first operation', value: median(first), limit: 1_500, unit: 'ms' },
    { name: 'reference: drawn by Scalar', value: median(whole), limit: 15_000, unit: 'ms' },
  ]
}
