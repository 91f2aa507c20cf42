import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export type Printed = { code: number | null; out: string; err: string }

/** A home with an ~/.aws as operators have it: keys, keys from a process, and an SSO session that is over. */
export function home(): string {
  const folder = mkdtempSync(join(tmpdir(), 'plenary-home-'))
  mkdirSync(join(folder, '.aws'))
  const process = join(folder, 'credentials.cjs')
  const expiry = new Date(Date.now() + 3_600_000).toISOString()
  const given = { Version: 1, AccessKeyId: 'FROMPROCESS', SecretAccessKey: 's', Expiration: expiry }
  writeFileSync(process, `console.log(${JSON.stringify(JSON.stringify(given))})`)
  writeFileSync(
    join(folder, '.aws/credentials'),
    '[plain]\naws_access_key_id = FROMFILE\naws_secret_access_key = s\n',
  )
  writeFileSync(
    join(folder, '.aws/config'),
    `[profile plain]\nregion = eu-west-1
[profile process]\nregion = eu-west-1\ncredential_process = ${globalThis.process.execPath} ${process}
[profile sso]\nregion = eu-west-1\nsso_session = one\nsso_account_id = 111111111111\nsso_role_name = admin
[sso-session one]\nsso_region = eu-west-1\nsso_start_url = https://example.awsapps.com/start\n`,
  )
  return folder
}

/** Runs one of our scripts as an operator does, with nothing of this process's environment but what is given. */
export function operate(args: string[], env: Record<string, string>, typed = ''): Promise<Printed> {
  const child = spawn(process.execPath, args, {
    env: { PATH: process.env.PATH, AWS_EC2_METADATA_DISABLED: 'true', ...env },
  })
  child.stdin.end(typed)
  const printed: Printed = { code: null, out: '', err: '' }
  child.stdout.on('data', (chunk) => {
    printed.out += chunk
  })
  child.stderr.on('data', (chunk) => {
    printed.err += chunk
  })
  return new Promise((resolve) => {
    child.on('close', (code) => resolve({ ...printed, code }))
  })
}
