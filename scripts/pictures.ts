import { existsSync } from 'node:fs'
import { chromium } from 'playwright-core'

// Takes the pictures of docs/pictures from a running `npm start`: node scripts/pictures.ts <address> <event id>

const [address = 'http://127.0.0.1:3000', event = ''] = process.argv.slice(2)
const places = ['/usr/bin/chromium', '/usr/bin/google-chrome']
const executablePath = process.env.CHROMIUM ?? places.find((place) => existsSync(place))
if (!executablePath)
  throw new Error('there is no browser: install chromium, or name one in CHROMIUM')

const programme = `${address}/api/v2/events/${event}/programme`
const shots = [
  { name: 'programme', width: 1280, height: 800, colorScheme: 'light' },
  { name: 'programme-phone', width: 390, height: 800, colorScheme: 'dark' },
] as const

const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
for (const { name, width, height, colorScheme } of shots) {
  const page = await browser.newPage({ viewport: { width, height }, colorScheme })
  const answer = await page.goto(programme, { waitUntil: 'networkidle' })
  if (answer?.status() !== 200) throw new Error(`${programme} answered ${answer?.status()}`)
  await page.screenshot({ path: `docs/pictures/${name}.png` })
}
await browser.close()
