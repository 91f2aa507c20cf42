import { existsSync } from 'node:fs'
import { chromium, type Page } from 'playwright-core'

// Takes the pictures of docs/pictures from a running `npm start`: node scripts/pictures.ts <address> <event id> <token>

const [address = 'http://127.0.0.1:3000', event = '', token = ''] = process.argv.slice(2)
const places = ['/usr/bin/chromium', '/usr/bin/google-chrome']
const executablePath = process.env.CHROMIUM ?? places.find((place) => existsSync(place))
if (!executablePath)
  throw new Error('there is no browser: install chromium, or name one in CHROMIUM')

type Shot = {
  name: string
  path: string
  width: number
  colorScheme: 'light' | 'dark'
  /** What is done on the page before the picture is taken. */
  before?: (page: Page) => Promise<void>
}

const signIn = (view: string) => async (page: Page) => {
  await page.getByLabel('Token').fill(token)
  await page.keyboard.press('Enter')
  await page.locator('.numbers').waitFor()
  await page.locator(`nav a[href="#/${view}"]`).click()
  await page.getByText('Reading…').waitFor({ state: 'hidden' })
}
const drawn = (page: Page) => page.locator('#reference h1').first().waitFor({ timeout: 60_000 })

const programme = `/events/${event}/programme`
const shots: Shot[] = [
  { name: 'programme', path: programme, width: 1280, colorScheme: 'light' },
  { name: 'programme-phone', path: programme, width: 390, colorScheme: 'dark' },
  {
    name: 'console',
    path: '/console',
    width: 1280,
    colorScheme: 'light',
    before: signIn('sessions'),
  },
  { name: 'console-phone', path: '/console', width: 390, colorScheme: 'dark', before: signIn('') },
  { name: 'reference', path: '/', width: 1280, colorScheme: 'light', before: drawn },
]

const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
for (const { name, path, width, colorScheme, before } of shots) {
  const page = await browser.newPage({ viewport: { width, height: 800 }, colorScheme })
  const answer = await page.goto(`${address}/api/v2${path}`)
  if (answer?.status() !== 200) throw new Error(`${path} answered ${answer?.status()}`)
  await before?.(page)
  // Pictures and what is drawn last.
  await page.waitForTimeout(2000)
  await page.screenshot({ path: `docs/pictures/${name}.png` })
  await page.close()
}
await browser.close()
