import colors from 'picocolors'
import type { Served } from './gateway.ts'

export type Access = { token: string; organisation: string }

/** What the person at the keyboard needs to begin. */
export function printBanner(
  url: string,
  { folder, store, loopback }: { folder: string; store: string; loopback: boolean },
  access: Access[],
): void {
  const lines = [
    ['API', `${url}/api/v2`],
    ['Reference', `${url}/api/v2/`],
    ['Data', folder],
    ['Store', store],
    ['Feed', 'working: the table’s stream is followed'],
    ['Webhooks', `working: sent to public addresses${loopback ? ' and to this machine' : ''}`],
    ...access.map(({ token, organisation }) => ['Token', `${token}  (${organisation})`]),
  ]
  const rows = lines.map(([name = '', value]) => `  ${colors.dim(name.padEnd(10))} ${value}`)
  console.log([`\n${colors.bold('Plenary')}`, ...rows, ''].join('\n'))
}

/** One line per request; the query stays out, since it can carry a token. */
export function printServed({ method, path, status, ms }: Served): void {
  const paint = status >= 500 ? colors.red : status >= 400 ? colors.yellow : colors.green
  const shown = path.replace(/[^\x21-\x7e]/g, '?')
  console.log(`${method.padEnd(6)} ${shown} ${paint(status)} ${colors.dim(`${ms.toFixed(1)} ms`)}`)
}
