import { mkdirSync, symlinkSync } from 'node:fs'
import { join, resolve } from 'node:path'

/** Puts this machine's sharp beside a bundle, where a deployment has that of arm64. */
export function linkSharp(folder: string): void {
  mkdirSync(join(folder, 'node_modules'), { recursive: true })
  symlinkSync(resolve('node_modules/sharp'), join(folder, 'node_modules/sharp'))
}
