import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { newId, newTokenText } from '#lib/base/ids.ts'

export type Settings = { port: number; folder: string; demo: boolean; tokens: string[] | undefined }

/** A reason not to start that the person at the keyboard can act on. */
export const startError = (message: string): Error =>
  Object.assign(new Error(message), { name: 'StartError' })

/** PORT, DATA_DIR, DEMO and PLENARY_TOKEN; throws a start error for what cannot be used. */
export function readSettings(env: NodeJS.ProcessEnv): Settings {
  const port = Number(env.PORT || 3000)
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw startError(`PORT must be a number from 0 to 65535, not "${env.PORT}".`)
  }
  if (!['', '0', '1'].includes(env.DEMO ?? '')) {
    throw startError(`DEMO must be 0 (no demo event) or 1, not "${env.DEMO}".`)
  }
  for (const name of ['WEBHOOKS_TO_LOOPBACK', 'OIDC_ON_LOOPBACK']) {
    if (!['', '0', '1'].includes(env[name] ?? '')) {
      throw startError(`${name} must be 0 or 1, not "${env[name]}".`)
    }
  }
  const tokens = env.PLENARY_TOKEN?.split(',').map((token) => token.trim())
  if (tokens?.some((token) => !/^[A-Za-z0-9_]{32,128}$/.test(token))) {
    throw startError(
      'PLENARY_TOKEN must be one token, or several with commas between them, each of 32 to 128 ' +
        'letters, digits and underscores.',
    )
  }
  return { port, folder: resolve(env.DATA_DIR || '.data'), demo: env.DEMO !== '0', tokens }
}

/** The token of a data folder: made once, readable by its owner only, and the same after a restart. */
export function ownToken(folder: string): string {
  const file = join(folder, 'token')
  try {
    return readFileSync(file, 'utf8').trim()
  } catch {
    const token = newTokenText(newId('token'))
    writeFileSync(file, `${token}\n`, { mode: 0o600 })
    return token
  }
}
